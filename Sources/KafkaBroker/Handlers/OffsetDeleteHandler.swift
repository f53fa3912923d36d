import KafkaBase
import KafkaSecurity
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
        let refused = Dictionary(
            uniqueKeysWithValues: Set(request.topics.map(\.name)).map { name in
                (name, context.refusal(of: .read, .topic(name))?.code)
            })
        // Nil where the coordinator is asked.
        let refusals = partitions.map { name in
            (refused[name.topic] ?? nil)
                ?? (table.partition(name.topic, name.partition) == nil
                    ? .unknownTopicOrPartition : nil)
        }
        let known = zip(partitions, refusals).compactMap { $1 == nil ? $0 : nil }
        node.groups.answer(request.groupId, for: .delete, context, reply) {
            refusal($0)
        } work: { coordinator, send in
            coordinator.deleteOffsets(of: request.groupId, known) { result in
                switch result {
                case .success(let errors): send(response(request, refusals, errors))
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

    /// - Parameter errors: of the partitions that were not refused.
    private func response(
        _ request: OffsetDeleteRequest, _ refusals: [ErrorCode?], _ errors: [ErrorCode]
    ) -> OffsetDeleteResponse {
        var refusals = refusals[...]
        var errors = errors[...]
        var response = OffsetDeleteResponse()
        response.topics = request.topics.map { asked in
            var topic = OffsetDeleteResponse.OffsetDeleteResponseTopic()
            topic.name = asked.name
            topic.partitions = asked.partitions.map { asked in
                var partition = OffsetDeleteResponse.OffsetDeleteResponsePartition()
                partition.partitionIndex = asked.partitionIndex
                partition.errorCode =
                    refusals.removeFirst() ?? errors.popFirst() ?? .unknownServerError
                return partition
            }
            return topic
        }
        return response
    }
}
