import NIOConcurrencyHelpers
import Testing

@testable import KafkaBroker

@Suite struct CleanerCrewTests {
    @Test func `Work goes on while there is some, and no more is begun after the end`() async {
        let count = NIOLockedValueBox(0)
        let (reached, continuation) = AsyncStream<Void>.makeStream()
        let crew = CleanerCrew(count: 2, backoffSeconds: 0) {
            let number = count.withLockedValue { count in
                count += 1
                return count
            }
            if number == 5 { continuation.finish() }
            return number < 3
        }
        for await _ in reached {}
        crew.end()
        await crew.shutdown()
        let atEnd = count.withLockedValue { $0 }
        #expect(atEnd >= 5)
        await Task.yield()
        #expect(count.withLockedValue { $0 } == atEnd)
    }

    @Test func `A crew of none does nothing`() async {
        let hasWorked = NIOLockedValueBox(false)
        let crew = CleanerCrew(count: 0, backoffSeconds: 0) {
            hasWorked.withLockedValue { $0 = true }
            return true
        }
        await crew.shutdown()
        #expect(!hasWorked.withLockedValue { $0 })
    }
}
