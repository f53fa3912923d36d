import Testing

@testable import KafkaBroker

@Suite struct FlushPolicyTests {
    private func need(
        _ sync: SyncPolicy, acks: Int16, unflushed: Int64 = 1, limit: Int64 = .max
    ) -> FlushPolicy.Need {
        FlushPolicy(sync: sync).need(
            acks: acks, unflushedRecords: unflushed, flushMessages: limit)
    }

    /// By acks: all, leader, none.
    private static let needs: [SyncPolicy: [FlushPolicy.Need]] = [
        .never: [.none, .none, .none],
        .interval: [.none, .none, .none],
        .acksAll: [.wait, .none, .none],
        .everyBatch: [.wait, .wait, .background],
    ]

    @Test(arguments: SyncPolicy.allCases)
    func `Who waits for the disk`(_ sync: SyncPolicy) {
        #expect([-1, 1, 0].map { need(sync, acks: $0) } == FlushPolicyTests.needs[sync])
    }

    @Test(arguments: [SyncPolicy.never, .interval, .acksAll])
    func `flush.messages holds whatever the policy`(_ sync: SyncPolicy) {
        #expect(need(sync, acks: 1, unflushed: 99, limit: 100) == .none)
        #expect(need(sync, acks: 1, unflushed: 100, limit: 100) == .wait)
        #expect(need(sync, acks: 0, unflushed: 100, limit: 100) == .background)
    }

    @Test func `The shorter of the interval and flush.ms counts`() {
        #expect(FlushPolicy(sync: .acksAll).intervalMs(flushMs: .max) == nil)
        #expect(FlushPolicy(sync: .acksAll).intervalMs(flushMs: 50) == 50)
        #expect(FlushPolicy(sync: .interval).intervalMs(flushMs: .max) == 1000)
        #expect(FlushPolicy(sync: .interval).intervalMs(flushMs: 50) == 50)
        #expect(FlushPolicy(sync: .interval).intervalMs(flushMs: 5000) == 1000)
    }
}
