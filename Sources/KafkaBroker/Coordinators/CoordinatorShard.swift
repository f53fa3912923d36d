import KafkaBase
import KafkaLog
import KafkaRecords
import Logging
import NIOCore
import NIOPosix

/// The coordinator of what one partition of an internal topic holds: loads its state from the log,
/// then lets requests at it, and wakes it when something is due.
///
/// Confined to the partition's event loop but for the constants; the log is read on the pool's
/// threads, a chunk at a time. It ends with its partition.
final class CoordinatorShard<State: CoordinatorState>: @unchecked Sendable {
    private enum Phase {
        case loading
        case active
        case closed
    }

    let partition: Partition
    private let log: PartitionCoordinatorLog
    private let state: State
    private let readPool: NIOThreadPool
    private let clock: KafkaClock
    private let logger: Logger
    private var phase = Phase.loading
    private var timer: Scheduled<Void>?
    private var timerDeadlineMs = Int64.max
    /// What is to be done once the state is loaded.
    private var whenLoaded: [@Sendable (State) -> Void] = []

    var eventLoop: any EventLoop { partition.eventLoop }

    init(
        partition: Partition, readPool: NIOThreadPool, clock: KafkaClock, logger: Logger,
        makeState: (any CoordinatorLog, Partition) -> State
    ) {
        self.partition = partition
        self.readPool = readPool
        self.clock = clock
        self.logger = logger
        log = PartitionCoordinatorLog(partition)
        state = makeState(log, partition)
        log.didComplete = { [weak self] in self?.schedule() }
    }

    /// Works with the state, on the event loop.
    ///
    /// - Parameter orElse: told why it cannot: the state is still being loaded, or is another's.
    func perform(
        _ work: @escaping @Sendable (State, _ nowMs: Int64) -> Void,
        orElse: @escaping @Sendable (ErrorCode) -> Void
    ) {
        eventLoop.runOrHop { [self] in
            if partition.isRetired { close() }
            switch phase {
            case .loading: orElse(.coordinatorLoadInProgress)
            case .closed: orElse(.notCoordinator)
            case .active:
                work(state, clock.nowMs)
                schedule()
            }
        }
    }

    /// Works with the state as soon as it is loaded, for what nobody would try again; not at all
    /// when it is another's.
    func notify(_ work: @escaping @Sendable (State) -> Void) {
        eventLoop.runOrHop { [self] in
            guard phase == .loading else {
                return perform({ state, _ in work(state) }, orElse: { _ in })
            }
            whenLoaded.append(work)
        }
    }

    /// Appends the end of a transaction, and tells the state of it unless it is still to read it.
    ///
    /// - Parameter then: called on the event loop, when the marker is durable or not.
    func append(
        _ marker: EndTransactionMarker, producerID: Int64, producerEpoch: Int16,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        eventLoop.runOrHop { [self] in
            let nowMs = clock.nowMs
            do throws(ApiError) {
                try log.append(
                    marker, producerID: producerID, producerEpoch: producerEpoch, nowMs: nowMs,
                    then: then)
            } catch {
                return then(error.code)
            }
            guard phase == .active else { return }
            state.replay(
                CoordinatorBatch(
                    baseOffset: partition.log.logEndOffset - 1, producerID: producerID,
                    producerEpoch: producerEpoch, isTransactional: true, maxTimestamp: nowMs,
                    content: .marker(marker)))
            schedule()
        }
    }

    // MARK: Loading

    func start() {
        eventLoop.runOrHop { [self] in load(from: partition.log.logStartOffset) }
    }

    private func load(from offset: Int64) {
        guard !partition.isRetired, phase == .loading else { return close() }
        do throws(LogError) {
            let read = try partition.log.read(
                from: max(offset, partition.log.logStartOffset),
                maxBytes: CoordinatorLoader.chunkBytes, upTo: .max, atLeastOneBatch: true)
            guard read.slice != nil else { return didLoad() }
            let path = partition.log.directoryPath
            readPool.runIfActive(eventLoop: eventLoop) {
                try CoordinatorLoader.batches(in: read, path: path)
            }.whenComplete { [self] result in
                switch result {
                case .success(let batches):
                    for batch in batches { state.replay(batch) }
                    load(from: read.endOffset)
                case .failure(let error): fail(error)
                }
            }
        } catch {
            fail(error)
        }
    }

    private func didLoad() {
        phase = .active
        state.didLoad(nowMs: clock.nowMs)
        for work in whenLoaded { work(state) }
        whenLoaded = []
        schedule()
    }

    /// Half of what was promised is nothing to serve from.
    private func fail(_ error: any Error) {
        guard phase == .loading else { return }
        // The pool refuses work at the end alone.
        if !partition.isRetired, error is LogError {
            logger.error("what \(partition.name) holds cannot be read: \(error)")
        }
        close()
    }

    // MARK: Time

    private func schedule() {
        guard phase == .active else { return }
        let deadlineMs = state.nextDeadlineMs ?? .max
        guard deadlineMs != timerDeadlineMs else { return }
        timer?.cancel()
        timer = nil
        timerDeadlineMs = deadlineMs
        guard deadlineMs != .max else { return }
        let delayMs = max(0, deadlineMs - clock.nowMs)
        timer = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(delayMs)) { [weak self] in
            self?.tick()
        }
    }

    private func tick() {
        timer = nil
        timerDeadlineMs = .max
        guard phase == .active else { return }
        if partition.isRetired { return close() }
        state.tick(nowMs: clock.nowMs)
        schedule()
    }

    // MARK: The end

    /// On the event loop; what waits is answered.
    func close() {
        guard phase != .closed else { return }
        phase = .closed
        whenLoaded = []
        timer?.cancel()
        timer = nil
        state.close()
    }
}
