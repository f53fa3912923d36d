import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Testing

@testable import KafkaTransport

@Suite struct MemoryBudgetTests {
    private let eventLoop = EmbeddedEventLoop()

    @Test func `Above the limit somebody waits, and is woken by a release`() {
        let budget = MemoryBudget(limitBytes: 100, smallRequestBytes: 0)
        let wakes = NIOLockedValueBox(0)
        let wake: @Sendable () -> Void = { wakes.withLockedValue { $0 += 1 } }
        #expect(reserve(60, of: budget, orElse: wake))
        #expect(reserve(40, of: budget, orElse: wake))
        #expect(!reserve(1, of: budget, orElse: wake))
        eventLoop.run()
        #expect(wakes.withLockedValue { $0 } == 0)
        budget.release(40)
        eventLoop.run()
        #expect(wakes.withLockedValue { $0 } == 1)
        #expect(reserve(1, of: budget, orElse: wake))
        #expect(budget.usedBytes == 61)
    }

    private func reserve(
        _ bytes: Int, of budget: MemoryBudget, orElse wake: @escaping @Sendable () -> Void = {}
    ) -> Bool {
        budget.reserve(bytes, on: eventLoop, orElse: wake)
    }

    @Test func `A request larger than the limit gets in when there is no other`() {
        let budget = MemoryBudget(limitBytes: 100, smallRequestBytes: 0)
        #expect(reserve(1000, of: budget))
        #expect(!reserve(1, of: budget))
        budget.release(1000)
        #expect(budget.usedBytes == 0)
    }

    @Test func `Small requests have a share of their own`() {
        let budget = MemoryBudget(limitBytes: 800, smallRequestBytes: 10)
        #expect(reserve(795, of: budget))
        #expect(!reserve(11, of: budget))
        #expect(reserve(10, of: budget))
        #expect(reserve(95, of: budget) == false)
        for _ in 0..<9 { #expect(reserve(10, of: budget)) }
        #expect(!reserve(10, of: budget))
    }

    @Test func `Nobody is woken twice`() {
        let budget = MemoryBudget(limitBytes: 1, smallRequestBytes: 0)
        let wakes = NIOLockedValueBox(0)
        #expect(reserve(1, of: budget))
        let wake: @Sendable () -> Void = { wakes.withLockedValue { $0 += 1 } }
        #expect(!reserve(1, of: budget, orElse: wake))
        budget.release(1)
        #expect(reserve(1, of: budget))
        budget.release(1)
        eventLoop.run()
        #expect(wakes.withLockedValue { $0 } == 1)
    }
}
