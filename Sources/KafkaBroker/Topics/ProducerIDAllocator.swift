import NIOConcurrencyHelpers
import NIOCore

/// Hands out producer ids, each once for the life of the data directory.
///
/// Any thread. A block of ids is noted durably before the first of it is handed out, so that a
/// restart skips at most the rest of a block (Kafka's `ProducerIdManager`).
final class ProducerIDAllocator: Sendable {
    /// Ids that one write of the metadata covers, as in Kafka.
    static let blockSize: Int64 = 1000
    /// The last that can be handed out.
    static let maxID = Int64.max - blockSize

    /// All ids have been handed out.
    struct Exhausted: Error {}

    private let store: any MetadataStore
    private let thread: StorageThread
    private let block = NIOLockedValueBox<Range<Int64>>(0..<0)

    init(store: any MetadataStore, thread: StorageThread) {
        self.store = store
        self.thread = thread
    }

    /// The next id, on the loop given; fails with `MetadataStoreError` when it cannot be noted, and
    /// with `Exhausted`.
    func next(on eventLoop: any EventLoop) -> EventLoopFuture<Int64> {
        if let id = takeFromBlock() { return eventLoop.makeSucceededFuture(id) }
        return thread.run(on: eventLoop) { [self] in
            // Others may have waited for the same block.
            if let id = takeFromBlock() { return id }
            let first = store.image.nextProducerID
            guard first <= ProducerIDAllocator.maxID else { throw Exhausted() }
            let end = first + ProducerIDAllocator.blockSize
            try store.apply([.advanceProducerID(to: end)])
            block.withLockedValue { $0 = first + 1..<end }
            return first
        }
    }

    /// Keeps ids from being handed out that another broker has, as the records of its transactional
    /// ids tell.
    func reserve(upTo id: Int64, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        thread.run(on: eventLoop) { [self] in
            if id >= store.image.nextProducerID, id <= ProducerIDAllocator.maxID {
                try store.apply([.advanceProducerID(to: id + 1)])
            }
            block.withLockedValue { block in
                guard block.contains(id) else { return }
                block = id + 1..<block.upperBound
            }
        }
    }

    private func takeFromBlock() -> Int64? {
        block.withLockedValue { block in
            guard let id = block.first else { return nil }
            block = id + 1..<block.upperBound
            return id
        }
    }
}
