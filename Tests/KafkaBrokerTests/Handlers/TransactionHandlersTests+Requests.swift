import KafkaBase
import KafkaRecords
import KafkaTransport
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

/// What the tests of transactions ask a broker.
extension TransactionHandlersTests {
    func initialise(
        _ broker: TestBroker, version: Int16 = 5
    ) async throws -> InitProducerIdResponse {
        var find = FindCoordinatorRequest()
        find.keyType = 1
        find.coordinatorKeys = [Self.id]
        _ = try await broker.send(find)
        var request = InitProducerIdRequest()
        request.transactionalId = Self.id
        request.transactionTimeoutMs = 60_000
        while true {
            let response = try await broker.send(request, version: version)
            let isLater = [.coordinatorLoadInProgress, .concurrentTransactions]
                .contains(response.errorCode)
            if !isLater { return response }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func identity(_ response: InitProducerIdResponse) -> ProducerIdentity {
        ProducerIdentity(id: response.producerId, epoch: response.producerEpoch)
    }

    func produce(
        _ broker: TestBroker, _ producer: ProducerIdentity, _ value: String, sequence: Int32 = 0,
        partition: Int32 = 0, transactionalID: String? = Self.id, version: Int16 = 12
    ) async throws -> ErrorCode {
        try await send(
            broker, producer, value, sequence: sequence, partition: partition,
            transactionalID: transactionalID, version: version
        ).get().responses[0].partitionResponses[0].errorCode
    }

    /// Without waiting for the answer.
    func send(
        _ broker: TestBroker, _ producer: ProducerIdentity, _ value: String, sequence: Int32 = 0,
        partition: Int32 = 0, transactionalID: String? = Self.id, version: Int16 = 12
    ) -> EventLoopFuture<ProduceResponse> {
        let batch = TestBatch.bytes(
            // As new as the markers, so that all stands in one segment.
            [.init(key: nil, value: value, timestamp: KafkaClock.system.nowMs)],
            producer: .init(
                id: producer.id, epoch: producer.epoch, baseSequence: sequence,
                isTransactional: true))
        var request = TestBroker.produceRequest(batch, partition: partition)
        request.transactionalId = transactionalID
        return broker.connection.send(
            request, version: version, timeoutMs: TestBroker.timeoutMs)
    }

    func addPartitions(
        _ broker: TestBroker, _ producer: ProducerIdentity, _ partitions: [(String, [Int32])],
        version: Int16 = 3
    ) async throws -> [ErrorCode] {
        var request = AddPartitionsToTxnRequest()
        request.v3AndBelowTransactionalId = Self.id
        request.v3AndBelowProducerId = producer.id
        request.v3AndBelowProducerEpoch = producer.epoch
        request.v3AndBelowTopics = topics(partitions)
        return try await broker.send(request, version: version).resultsByTopicV3AndBelow
            .flatMap { $0.resultsByPartition.map(\.partitionErrorCode) }
    }

    func topics(
        _ partitions: [(String, [Int32])]
    ) -> [AddPartitionsToTxnRequest.AddPartitionsToTxnTopic] {
        partitions.map { name, numbers in
            var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
            topic.name = name
            topic.partitions = numbers
            return topic
        }
    }

    func end(
        _ broker: TestBroker, _ producer: ProducerIdentity, commit: Bool, version: Int16 = 5
    ) async throws -> EndTxnResponse {
        var request = EndTxnRequest()
        request.transactionalId = Self.id
        request.producerId = producer.id
        request.producerEpoch = producer.epoch
        request.committed = commit
        return try await broker.send(request, version: version)
    }

    /// What a consumer of committed records gets, once nothing is open.
    func committed(_ broker: TestBroker, partition: Int32 = 0) async throws -> [String?] {
        var request = TestBroker.fetchRequest(partition: partition)
        request.isolationLevel = 1
        var data = try await broker.fetch(request)
        while data.lastStableOffset < data.highWatermark {
            try await Task.sleep(for: .milliseconds(2))
            data = try await broker.fetch(request)
        }
        // The control records and what was aborted are the client's to leave out.
        var aborted = (data.abortedTransactions ?? []).sorted { $0.firstOffset < $1.firstOffset }
        guard case .bytes(let bytes)? = data.records else { return [] }
        return try Self.committed(bytes, &aborted)
    }

    static func committed(
        _ bytes: ByteBuffer, _ aborted: inout [FetchResponse.AbortedTransaction]
    ) throws -> [String?] {
        var values: [String?] = []
        var running: Set<Int64> = []
        try bytes.withUnsafeReadableBytes { bytes in
            var cursor = RecordSetCursor()
            while let entry = try cursor.next(in: bytes) {
                let batch = UnsafeRawBufferPointer(
                    rebasing: bytes[entry.position..<entry.position + entry.sizeBytes])
                let header = try RecordBatchHeader(batch)
                while let first = aborted.first, first.firstOffset <= header.lastOffset {
                    running.insert(first.producerId)
                    aborted.removeFirst()
                }
                if header.attributes.isControl {
                    running.remove(header.producerID)
                } else if !running.contains(header.producerID) {
                    values += try TestBatch.values(ByteBuffer(bytes: batch))
                }
            }
        }
        return values
    }
}
