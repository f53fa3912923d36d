import KafkaBase
import KafkaRecords
import KafkaWire
import NIOCore

/// Broker 0 is every coordinator of transactions and of their groups.
extension FakeCluster.State {
    static let transactionalVersions: [ApiKey: ClosedRange<Int16>] = [
        .findCoordinator: 0...4, .addPartitionsToTxn: 0...3, .addOffsetsToTxn: 0...3,
        .txnOffsetCommit: 0...5, .endTxn: 0...5, .produce: 3...12,
    ]

    /// - Throws: for an API that is not one of these.
    mutating func serveTransactions(
        _ header: RequestHeader, _ reader: inout WireReader, refusal: ErrorCode?
    ) throws -> ByteBuffer {
        let version = header.apiVersion
        switch header.apiKey {
        case .findCoordinator:
            let request = try FindCoordinatorRequest(from: &reader, version: version)
            var response = FindCoordinatorResponse()
            response.coordinators = request.coordinatorKeys.map { key in
                var entry = FindCoordinatorResponse.Coordinator()
                entry.key = key
                entry.host = "127.0.0.1"
                entry.port = Int32(ports[0] ?? 0)
                return entry
            }
            return try response.frame(for: header)
        case .addPartitionsToTxn:
            let request = try AddPartitionsToTxnRequest(from: &reader, version: version)
            return try addPartitions(request, refusal).frame(for: header)
        case .addOffsetsToTxn:
            let request = try AddOffsetsToTxnRequest(from: &reader, version: version)
            var response = AddOffsetsToTxnResponse()
            response.errorCode =
                refusal
                ?? coordinator.add([], id: request.producerId, epoch: request.producerEpoch)
            return try response.frame(for: header)
        case .txnOffsetCommit:
            let request = try TxnOffsetCommitRequest(from: &reader, version: version)
            return try commitOffsets(request, refusal).frame(for: header)
        case .endTxn:
            let request = try EndTxnRequest(from: &reader, version: version)
            var response = EndTxnResponse()
            response.errorCode =
                refusal
                ?? coordinator.end(
                    commits: request.committed, id: request.producerId,
                    epoch: request.producerEpoch)
            response.producerId = coordinator.producerID
            response.producerEpoch = coordinator.epoch
            return try response.frame(for: header)
        default:
            return try serveGroup(header, &reader, refusal: refusal)
        }
    }

    private mutating func addPartitions(
        _ request: AddPartitionsToTxnRequest, _ refusal: ErrorCode?
    ) -> AddPartitionsToTxnResponse {
        let partitions = request.v3AndBelowTopics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.name, partition: $0) }
        }
        let code =
            refusal
            ?? coordinator.add(
                partitions, id: request.v3AndBelowProducerId,
                epoch: request.v3AndBelowProducerEpoch)
        var response = AddPartitionsToTxnResponse()
        response.resultsByTopicV3AndBelow = request.v3AndBelowTopics.map { topic in
            var result = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult()
            result.name = topic.name
            result.resultsByPartition = topic.partitions.map {
                var entry = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
                entry.partitionIndex = $0
                entry.partitionErrorCode = code
                return entry
            }
            return result
        }
        return response
    }

    private mutating func commitOffsets(
        _ request: TxnOffsetCommitRequest, _ refusal: ErrorCode?
    ) -> TxnOffsetCommitResponse {
        var offsets: [TopicPartition: Int64] = [:]
        for topic in request.topics {
            for entry in topic.partitions {
                offsets[TopicPartition(topic: topic.name, partition: entry.partitionIndex)] =
                    entry.committedOffset
            }
        }
        let code =
            refusal
            ?? coordinator.commit(offsets, id: request.producerId, epoch: request.producerEpoch)
        var response = TxnOffsetCommitResponse()
        response.topics = request.topics.map { topic in
            var result = TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic()
            result.name = topic.name
            result.partitions = topic.partitions.map {
                var entry = TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition()
                entry.partitionIndex = $0.partitionIndex
                entry.errorCode = code
                return entry
            }
            return result
        }
        return response
    }

    /// What a broker finds of a batch that is a transaction's; nil where there is nothing to say.
    mutating func admission(_ bytes: ByteBuffer, _ partition: TopicPartition) -> ErrorCode? {
        guard let header = try? bytes.withUnsafeReadableBytes({ try RecordBatchHeader($0) }),
            header.attributes.isTransactional
        else { return nil }
        let code = coordinator.admits(
            partition, id: header.producerID, epoch: header.producerEpoch)
        return code == .none ? nil : code
    }
}
