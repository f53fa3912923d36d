import KafkaBase
import Testing

@testable import SkafkaCLI

@Suite struct DeliveryFailuresTests {
    private let first = TopicPartition(topic: "t", partition: 0)
    private let second = TopicPartition(topic: "t", partition: 1)

    @Test func oneReasonIsToldOnceWithACount() {
        var failures = DeliveryFailures()
        let news = [
            failures.add(3, to: first, "gone"), failures.add(4, to: first, "gone"),
            failures.add(1, to: second, "gone"),
        ]
        #expect(news == [true, false, true])
        let told = failures.tell(isLast: false)
        #expect(
            told == [
                "7 records to t-0 not delivered: gone", "a record to t-1 not delivered: gone",
            ])
        let later = [failures.add(5, to: first, "gone"), failures.add(1, to: second, "gone")]
        #expect(later == [false, false])
        let repeated = failures.tell(isLast: false)
        #expect(repeated == [])
        let rest = failures.tell(isLast: true)
        #expect(
            rest == [
                "5 more records to t-0 not delivered: gone",
                "another record to t-1 not delivered: gone",
            ])
        let none = failures.tell(isLast: true)
        #expect(none == [])
    }

    @Test func thereAreNeverTooManyLines() {
        var failures = DeliveryFailures()
        for number in 0..<100 { _ = failures.add(1, to: first, "reason \(number)") }
        let lines = failures.tell(isLast: true)
        #expect(lines.count == 21 && lines.last == "further failures not shown")
        let none = failures.tell(isLast: true)
        #expect(none == [])
    }
}
