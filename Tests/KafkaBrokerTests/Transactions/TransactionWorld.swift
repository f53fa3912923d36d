import KafkaBase
import KafkaLog
import KafkaRecords
import KafkaWire
import Logging

@testable import KafkaBroker

/// A transaction coordinator with a log, a clock and partitions in memory, all of which the test
/// holds: records are durable when `flush` says so, markers are written when `deliver` is called.
final class TransactionWorld {
    private(set) var coordinator: TransactionCoordinator
    let log = MemoryCoordinatorLog()
    let environment = FakeTransactionEnvironment()
    let settings: TransactionSettings
    private(set) var epoch: Int32 = 0

    init(settings: [String: String] = [:]) throws {
        self.settings = TransactionSettings(try BrokerSettings(settings))
        coordinator = Self.coordinator(log, environment, self.settings, epoch)
        coordinator.didLoad(nowMs: environment.nowMs)
    }

    private static func coordinator(
        _ log: MemoryCoordinatorLog, _ environment: FakeTransactionEnvironment,
        _ settings: TransactionSettings, _ epoch: Int32
    ) -> TransactionCoordinator {
        TransactionCoordinator(
            log: log, environment: environment, settings: settings, epoch: epoch,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Another coordinator takes over from the log; what was not durable may be lost.
    func restart(keeping batchCount: Int? = nil) {
        coordinator.close()
        environment.dropRequests()
        log.crash(keeping: batchCount)
        epoch += 1
        coordinator = replayed()
        coordinator.didLoad(nowMs: environment.nowMs)
    }

    /// Puts a record into the log as if a coordinator before had written it, and takes over.
    func preset(_ metadata: TransactionMetadata, of id: String = "x") throws {
        try log.append([metadata.record(of: id)], producer: .none, nowMs: 0) { _ in }
        log.flush()
        restart()
    }

    /// The last epoch that is handed out.
    func exhaustedProducer() throws -> ProducerIdentity {
        try preset(
            TransactionMetadata(
                producerID: 500, epoch: TransactionMetadata.exhaustedEpoch - 1, timeoutMs: 60_000,
                lastUpdateMs: environment.nowMs))
        return producer()
    }

    /// A coordinator that has read the log and nothing more.
    func replayed() -> TransactionCoordinator {
        let coordinator = Self.coordinator(log, environment, settings, epoch)
        for (offset, records) in log.batches.enumerated() {
            coordinator.replay(
                CoordinatorBatch(
                    baseOffset: Int64(offset), producerID: -1, producerEpoch: -1,
                    isTransactional: false, maxTimestamp: 0, content: .records(records)))
        }
        return coordinator
    }

    /// Makes time pass, and has done what is due.
    func advance(byMs ms: Int64) {
        environment.nowMs += ms
        while let deadlineMs = coordinator.nextDeadlineMs, deadlineMs <= environment.nowMs {
            coordinator.tick(nowMs: environment.nowMs)
        }
    }

    /// Everything that is under way gets done.
    func settle() {
        while !log.pending.isEmpty || !environment.markers.isEmpty {
            log.flush()
            environment.deliver()
        }
    }

    func metadata(_ id: String) -> TransactionMetadata? {
        coordinator.transactions[id]?.metadata
    }

    func status(_ id: String) -> TransactionStatus? { metadata(id)?.status }

    // MARK: Requests; nil while there is no answer

    typealias ProducerAnswer = Answer<(code: ErrorCode, producer: ProducerIdentity)>
    typealias PartitionsAnswer = Answer<(code: ErrorCode, missing: Set<TopicPartition>)>

    func initialise(
        _ id: String = "x", timeoutMs: Int32 = 60_000, expected: ProducerIdentity? = nil
    ) -> ProducerAnswer {
        let answer = ProducerAnswer()
        coordinator.initProducerID(
            .init(transactionalID: id, timeoutMs: timeoutMs, expected: expected)
        ) { answer.give(($0, $1)) }
        return answer
    }

    /// The new producer, with all that goes with it.
    func producer(_ id: String = "x", timeoutMs: Int32 = 60_000) -> ProducerIdentity {
        let answer = initialise(id, timeoutMs: timeoutMs)
        settle()
        return answer.value?.producer ?? .none
    }

    func add(
        _ partitions: TopicPartition..., id: String = "x", producer: ProducerIdentity,
        version: Int16 = 0
    ) -> PartitionsAnswer {
        ask(.add(clientVersion: version), partitions, id, producer)
    }

    func verify(
        _ partitions: TopicPartition..., id: String = "x", producer: ProducerIdentity
    ) -> PartitionsAnswer {
        ask(.verify, partitions, id, producer)
    }

    private func ask(
        _ kind: Transaction.PartitionsRequest.Kind, _ partitions: [TopicPartition], _ id: String,
        _ producer: ProducerIdentity
    ) -> PartitionsAnswer {
        let answer = PartitionsAnswer()
        let request = Transaction.PartitionsRequest(
            kind: kind, producer: producer, partitions: Set(partitions)
        ) { answer.give(($0, $1)) }
        coordinator.handle(request, of: id)
        return answer
    }

    func end(
        commit: Bool, id: String = "x", producer: ProducerIdentity, version: Int16 = 0
    ) -> ProducerAnswer {
        let answer = ProducerAnswer()
        coordinator.endTransaction(
            .init(
                transactionalID: id, producer: producer, isCommit: commit, clientVersion: version)
        ) { answer.give(($0, $1)) }
        return answer
    }
}

/// What a request was answered with; at most once.
final class Answer<Value>: @unchecked Sendable {
    private(set) var value: Value?

    func give(_ value: Value) {
        precondition(self.value == nil, "answered twice")
        self.value = value
    }
}

extension Answer<(code: ErrorCode, producer: ProducerIdentity)> {
    var code: ErrorCode? { value?.code }
}

extension Answer<(code: ErrorCode, missing: Set<TopicPartition>)> {
    var code: ErrorCode? { value?.code }
}

/// A coordinator's log in memory.
final class MemoryCoordinatorLog: CoordinatorLog {
    private(set) var batches: [[CoordinatorRecord]] = []
    /// Of the batches that are not durable, which are the last ones.
    private(set) var pending: [@Sendable (ErrorCode) -> Void] = []
    /// Why appends are refused.
    var failure: ErrorCode?

    func append(
        _ records: [CoordinatorRecord], producer: RecordBatchBuilder.ProducerState, nowMs: Int64,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError) {
        if let failure { throw ApiError(failure) }
        batches.append(records)
        pending.append(then)
    }

    /// What was appended so far is durable.
    func flush() {
        let done = pending
        pending = []
        for then in done { then(.none) }
    }

    var durableCount: Int { batches.count - pending.count }

    /// - Parameter batchCount: that are still there; nil for those that are durable.
    func crash(keeping batchCount: Int?) {
        let kept = batchCount ?? durableCount
        precondition(kept >= durableCount)
        batches = Array(batches[..<kept])
        pending = []
    }
}

/// A broker whose partitions take markers when the test wants it.
final class FakeTransactionEnvironment: TransactionEnvironment {
    struct MarkerRequest {
        var marker: TransactionMarker
        var partition: TopicPartition
        var then: @Sendable (ErrorCode) -> Void
    }

    var nowMs: Int64 = 1_000_000
    var transactionVersion: Int16 = 2
    private(set) var markers: [MarkerRequest] = []
    /// Those that were written.
    private(set) var written: [(marker: TransactionMarker, partition: TopicPartition)] = []
    private(set) var reservedID: Int64 = -1
    private var nextID: Int64 = 0
    /// Whether ids come at once; else when `deliverIDs` is called.
    var idsAreSlow = false
    private var idRequests: [@Sendable (Result<Int64, ApiError>) -> Void] = []

    func nextProducerID(then: @escaping @Sendable (Result<Int64, ApiError>) -> Void) {
        idRequests.append(then)
        if !idsAreSlow { deliverIDs() }
    }

    func deliverIDs(_ failure: ErrorCode? = nil) {
        let requests = idRequests
        idRequests = []
        for then in requests {
            nextID += 1
            then(failure.map { .failure(ApiError($0)) } ?? .success(nextID - 1))
        }
    }

    func reserveProducerIDs(upTo id: Int64) { reservedID = max(reservedID, id) }

    func write(
        _ marker: TransactionMarker, to partition: TopicPartition,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        markers.append(MarkerRequest(marker: marker, partition: partition, then: then))
    }

    /// Answers the markers that were asked for.
    func deliver(_ code: (TopicPartition) -> ErrorCode = { _ in .none }) {
        let requests = markers
        markers = []
        for request in requests {
            let code = code(request.partition)
            if code == .none { written.append((request.marker, request.partition)) }
            request.then(code)
        }
    }

    /// Answers one of them.
    func deliver(at index: Int, _ code: ErrorCode) {
        let request = markers.remove(at: index)
        if code == .none { written.append((request.marker, request.partition)) }
        request.then(code)
    }

    func dropRequests() {
        markers = []
        idRequests = []
    }
}

extension TopicPartition {
    static let a0 = TopicPartition(topic: "a", partition: 0)
    static let a1 = TopicPartition(topic: "a", partition: 1)
    static let b0 = TopicPartition(topic: "b", partition: 0)
}
