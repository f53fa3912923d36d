internal import DequeModule
internal import KafkaBase
internal import NIOConcurrencyHelpers
internal import NIOCore

/// What was fetched and not polled yet. Any thread; its bytes are bounded by whoever fills it, its
/// errors by the number of partitions.
final class PollQueue: Sendable {
    fileprivate enum Entry: Sendable {
        case records(FetchedRecords)
        case failure(TopicPartition?, KafkaError)
    }

    fileprivate struct State {
        var entries = Deque<Entry>()
        var bytes = 0
        var waiter: CheckedContinuation<Void, Never>?
        /// Which assignment or seek is in force for each partition.
        var generations: [TopicPartition: Int] = [:]
        var lastGeneration = 0
        /// The wait that was given last, and the last one that was ended from outside: a wake-up
        /// that comes before its wait must not be lost.
        var lastTicket = 0
        var wokenTicket = 0
        var isClosed = false
    }

    private typealias Taken = (records: [FetchedRecords], heldBytes: Int)

    private let state = NIOLockedValueBox(State())

    /// Bytes fetched ahead.
    var bytes: Int { state.withLockedValue { $0.bytes } }

    // MARK: The fetcher's side

    func add(_ records: FetchedRecords, generation: Int) {
        let partition = TopicPartition(topic: records.topic, partition: records.partition)
        add(.records(records), records.buffer.readableBytes, partition, generation)
    }

    /// - Parameter partition: nil for an error that is not one partition's.
    func fail(_ error: KafkaError, partition: TopicPartition? = nil, generation: Int = 0) {
        add(.failure(partition, error), 0, partition, generation)
    }

    private func add(_ entry: Entry, _ bytes: Int, _ partition: TopicPartition?, _ generation: Int)
    {
        let waiter = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            if let partition, state.generations[partition] != generation { return nil }
            if partition == nil, case .failure(nil, _)? = state.entries.last {
                // Of what is wrong with all of them the latest tells enough.
                state.entries.removeLast()
            }
            state.entries.append(entry)
            state.bytes += bytes
            return state.waiter.take()
        }
        waiter?.resume()
    }

    // MARK: The caller's side

    /// Drops what was fetched of a partition; what is still on its way will be dropped too.
    ///
    /// - Returns: the generation to fetch for.
    func restart(_ partition: TopicPartition) -> Int {
        state.withLockedValue { state in
            state.drop(partition)
            state.lastGeneration += 1
            state.generations[partition] = state.lastGeneration
            return state.lastGeneration
        }
    }

    func remove(_ partition: TopicPartition) {
        state.withLockedValue { state in
            state.drop(partition)
            state.generations[partition] = nil
        }
    }

    /// What there is, up to the first error, and how many bytes were held before; nil when there
    /// is nothing.
    ///
    /// - Throws: an error that stands first, or `closed`.
    func take() throws(KafkaError) -> (records: [FetchedRecords], heldBytes: Int)? {
        let result = state.withLockedValue { state -> Result<Taken?, KafkaError> in
            if state.isClosed { return .failure(KafkaError(.closed, "the consumer is closed")) }
            if case .failure(_, let error)? = state.entries.first {
                state.entries.removeFirst()
                return .failure(error)
            }
            let heldBytes = state.bytes
            var records: [FetchedRecords] = []
            while case .records(let next)? = state.entries.first {
                records.append(next)
                state.bytes -= next.buffer.readableBytes
                state.entries.removeFirst()
            }
            return .success(records.isEmpty ? nil : (records, heldBytes))
        }
        return try result.get()
    }

    /// Stands for one wait that is about to begin.
    func makeTicket() -> Int {
        state.withLockedValue { state in
            state.lastTicket += 1
            return state.lastTicket
        }
    }

    /// Waits until there is something, or `wake` is called with the same ticket.
    func wait(_ ticket: Int) async {
        await withCheckedContinuation { continuation in
            let previous = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
                if !state.entries.isEmpty || state.isClosed || state.wokenTicket >= ticket {
                    return continuation
                }
                // A second caller takes the first one's place rather than leaving it for ever.
                let previous = state.waiter.take()
                state.waiter = continuation
                return previous
            }
            previous?.resume()
        }
    }

    /// Ends the wait that was given last, begun or about to begin.
    func wakeWaiter() {
        wake(state.withLockedValue { $0.lastTicket })
    }

    func wake(_ ticket: Int) {
        let waiter = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            guard ticket == state.lastTicket else { return nil }
            state.wokenTicket = ticket
            return state.waiter.take()
        }
        waiter?.resume()
    }

    func close() {
        let waiter = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            state.isClosed = true
            state.entries.removeAll()
            return state.waiter.take()
        }
        waiter?.resume()
    }
}

extension PollQueue.State {
    fileprivate mutating func drop(_ partition: TopicPartition) {
        entries.removeAll { entry in
            switch entry {
            case .records(let records):
                let isIt =
                    records.partition == partition.partition && records.topic == partition.topic
                if isIt { bytes -= records.buffer.readableBytes }
                return isIt
            case .failure(let failed, _):
                return failed == partition
            }
        }
    }
}
