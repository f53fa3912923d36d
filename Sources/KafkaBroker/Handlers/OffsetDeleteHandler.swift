import KafkaBase
import KafkaWire

/// OffsetDelete (KIP-496): takes offsets of a group away that nobody uses.
///
/// - An error of the group stands alone; else each partition has its own.
struct OffsetDeleteHandler: ApiHandler {
    typealias Request = OffsetDeleteRequest
    static let servedVersions: ClosedRange<Int16> = 0...0

    let node: BrokerNode

    func handle(
        _ request: OffsetDeleteRequest, _ context: RequestContext,
        _ reply: Reply<OffsetDeleteResponse>
    ) {
        let table = node.table.snapshot
        let partitions = request.topics.flatMap { topic in
            topic.partitions.map {
                TopicPartition(topic: topic.name, partition: $0.partitionIndex)
            }
        }
        let isKnown = partitions.map { table.partition($0.topic, $0.partition) != nil }
        let known = zip(partitions, isKnown).compactMap { $1 ? $0 : nil }
        node.groups.answer(request.groupId, context, reply) {
            refusal($0)
        } work: { coordinator, send in
            coordinator.deleteOffsets(of: request.groupId, known) { result in
                switch result {
                case .success(let errors): send(response(request, isKnown, errors))
                case .failure(let error): send(refusal(error.code))
                }
            }
        }
    }

    private func refusal(_ error: ErrorCode) -> OffsetDeleteResponse {
        var response = OffsetDeleteResponse()
        response.errorCode = error
        return response
    }

    /// - Parameter errors: of the partitions that are known.
    private func response(
        _ request: OffsetDeleteRequest, _ isKnown: [Bool], _ errors: [ErrorCode]
    ) -> OffsetDeleteResponse {
        var isKnown = isKnown[...]
        var errors = errors[...]
        var response = OffsetDeleteResponse()
        response.topics = request.topics.map { asked in
            var topic = OffsetDeleteResponse.OffsetDeleteResponseTopic()
            topic.name = asked.name
            topic.partitions = asked.partitions.map { asked in
                var partition = OffsetDeleteResponse.OffsetDeleteResponsePartition()
                partition.partitionIndex = asked.partitionIndex
                let error = isKnown.popFirst() == true ? errors.popFirst() : nil
                partition.errorCode = error ?? .unknownTopicOrPartition
                return partition
            }
            return topic
        }
        return response
    }
}
