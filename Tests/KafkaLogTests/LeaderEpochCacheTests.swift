import Testing

@testable import KafkaLog

@Suite struct LeaderEpochCacheTests {
    private func cache(_ entries: (Int32, Int64)...) -> LeaderEpochCache {
        LeaderEpochCache(entries.map { .init(epoch: $0.0, startOffset: $0.1) })
    }

    @Test func assignsRisingEpochs() {
        var epochs = cache((0, 0))
        let change1 = epochs.assign(epoch: 2, startOffset: 10)
        #expect(change1)
        let change2 = epochs.assign(epoch: 2, startOffset: 12)
        #expect(!change2)
        let change3 = epochs.assign(epoch: -1, startOffset: 20)
        #expect(!change3)
        #expect(epochs == cache((0, 0), (2, 10)))
    }

    @Test func newEntriesWinOverContradictingOnes() {
        var epochs = cache((0, 0), (2, 10), (4, 20))
        epochs.assign(epoch: 3, startOffset: 15)
        #expect(epochs == cache((0, 0), (2, 10), (3, 15)))
        epochs.assign(epoch: 5, startOffset: 10)
        #expect(epochs == cache((0, 0), (5, 10)))
    }

    @Test func truncatesAtTheEnd() {
        var epochs = cache((0, 0), (2, 10), (4, 20))
        let change4 = epochs.truncate(fromEnd: 21)
        #expect(!change4)
        let change5 = epochs.truncate(fromEnd: 20)
        #expect(change5)
        #expect(epochs == cache((0, 0), (2, 10)))
    }

    @Test func truncatesAtTheStart() {
        var epochs = cache((0, 0), (2, 10), (4, 20))
        let change6 = epochs.truncate(fromStart: 0)
        #expect(!change6)
        let change7 = epochs.truncate(fromStart: 15)
        #expect(change7)
        #expect(epochs == cache((2, 15), (4, 20)))
        let change8 = epochs.truncate(fromStart: 20)
        #expect(change8)
        #expect(epochs == cache((4, 20)))
    }

    /// The cases of Kafka's LeaderEpochFileCache.endOffsetFor.
    @Test func endOffsets() {
        let epochs = cache((1, 5), (3, 10), (4, 20))
        #expect(epochs.endOffset(for: -1, logEndOffset: 30) == (-1, -1))
        #expect(epochs.endOffset(for: 4, logEndOffset: 30) == (4, 30))
        #expect(epochs.endOffset(for: 5, logEndOffset: 30) == (-1, -1))
        #expect(epochs.endOffset(for: 0, logEndOffset: 30) == (0, 5))
        #expect(epochs.endOffset(for: 1, logEndOffset: 30) == (1, 10))
        #expect(epochs.endOffset(for: 2, logEndOffset: 30) == (1, 10))
        #expect(epochs.endOffset(for: 3, logEndOffset: 30) == (3, 20))
        #expect(cache().endOffset(for: 0, logEndOffset: 30) == (-1, -1))
    }

    @Test func epochOfAnOffset() {
        let epochs = cache((1, 5), (3, 10))
        #expect(epochs.epoch(at: 4) == nil)
        #expect(epochs.epoch(at: 5) == 1)
        #expect(epochs.epoch(at: 9) == 1)
        #expect(epochs.epoch(at: 100) == 3)
    }
}
