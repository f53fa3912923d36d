import NIOConcurrencyHelpers
import Testing

@testable import KafkaBroker

@Suite struct ParallelWorkTests {
    private struct Refusal: Error {}

    @Test(arguments: [0, 1, 5, 300], [1, 4])
    func `Every number is worked on once, and the results are in order`(
        _ count: Int, _ threads: Int
    ) {
        let seen = NIOLockedValueBox<[Int]>([])
        let results = ParallelWork.map(count: count, threads: threads) { index -> Int in
            seen.withLockedValue { $0.append(index) }
            return index * 2
        }
        let values = results.compactMap { result -> Int? in
            if case .success(let value) = result { value } else { nil }
        }
        #expect(values == (0..<count).map { $0 * 2 })
        #expect(seen.withLockedValue { $0.sorted() } == Array(0..<count))
    }

    @Test func `After a failure nothing new is begun`() {
        let begun = NIOLockedValueBox(0)
        let results = ParallelWork.map(count: 1000, threads: 2) { index throws(Refusal) -> Int in
            begun.withLockedValue { $0 += 1 }
            if index == 3 { throw Refusal() }
            return index
        }
        let failures = results.count { if case .failure = $0 { true } else { false } }
        #expect(failures == 1)
        let finished = results.count { $0 != nil }
        #expect(begun.withLockedValue { $0 } == finished)
        #expect(results.prefix(3).allSatisfy { $0 != nil })
    }
}
