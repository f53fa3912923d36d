import KafkaBase
import KafkaRecords
import KafkaSecurity
import KafkaWire
import NIOCore

/// WriteTxnMarkers: ends transactions in partitions, as other brokers' coordinators ask for, or
/// `kafka-transactions abort` for one that hangs (KIP-664).
///
/// - Version 2 tells the `transaction.version` of each marker, which says how its epoch is checked
///   (KIP-1228).
struct WriteTxnMarkersHandler: ApiHandler {
    typealias Request = WriteTxnMarkersRequest
    typealias Asked = WriteTxnMarkersRequest.WritableTxnMarker
    static let servedVersions: ClosedRange<Int16> = 1...2

    let node: BrokerNode

    func handle(
        _ request: WriteTxnMarkersRequest, _ context: RequestContext,
        _ reply: Reply<WriteTxnMarkersResponse>
    ) {
        let targets = request.markers.flatMap { marker in
            partitions(of: marker).map { (marker: marker, partition: $0) }
        }
        if !context.shows(.alter, .cluster),
            let refusal = context.refusal(of: .clusterAction, .cluster)
        {
            return reply.send(response(to: request, targets.map { _ in refusal.code }))
        }
        let pending = PendingReply(
            reply, context,
            atShutdown: response(
                to: request, targets.map { _ in .notLeaderForPartition }))
        let home = context.eventLoop
        let codes = FanIn<ErrorCode>(count: targets.count) { codes in
            pending.send(response(to: request, codes))
        }
        for (index, target) in targets.enumerated() {
            node.markers.write(
                marker(target.marker), version: Int16(target.marker.transactionVersion),
                to: target.partition
            ) { code in
                home.runOrHop { codes.complete(index, code) }
            }
        }
    }

    private func marker(_ asked: Asked) -> TransactionMarker {
        TransactionMarker(
            producerID: asked.producerId, producerEpoch: asked.producerEpoch,
            end: EndTransactionMarker(
                isCommit: asked.transactionResult, coordinatorEpoch: asked.coordinatorEpoch))
    }

    private func partitions(of marker: Asked) -> [TopicPartition] {
        marker.topics.flatMap { topic in
            topic.partitionIndexes.map { TopicPartition(topic: topic.name, partition: $0) }
        }
    }

    /// - Parameter codes: of all partitions, in the request's order.
    private func response(
        to request: WriteTxnMarkersRequest, _ codes: [ErrorCode]
    ) -> WriteTxnMarkersResponse {
        var codes = codes[...]
        var response = WriteTxnMarkersResponse()
        response.markers = request.markers.map { marker in
            var result = WriteTxnMarkersResponse.WritableTxnMarkerResult()
            result.producerId = marker.producerId
            result.topics = marker.topics.map { topic in
                var answer = WriteTxnMarkersResponse.WritableTxnMarkerTopicResult()
                answer.name = topic.name
                answer.partitions = topic.partitionIndexes.map { number in
                    var partition = WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult()
                    partition.partitionIndex = number
                    partition.errorCode = codes.removeFirst()
                    return partition
                }
                return answer
            }
            return result
        }
        return response
    }
}
