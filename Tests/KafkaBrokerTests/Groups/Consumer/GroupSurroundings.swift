import KafkaBase
import KafkaWire
import NIOConcurrencyHelpers
import NIOCore

@testable import KafkaBroker

/// The topics and the settings that consumer groups find, which a test changes.
final class GroupSurroundings: Sendable {
    private let box = NIOLockedValueBox((TestTopics(), ConsumerGroupSettings()))

    var topics: TestTopics {
        get { box.withLockedValue { $0.0 } }
        set { box.withLockedValue { $0.0 = newValue } }
    }

    var settings: ConsumerGroupSettings {
        get { box.withLockedValue { $0.1 } }
        set { box.withLockedValue { $0.1 = newValue } }
    }

    var environment: ConsumerGroupEnvironment {
        ConsumerGroupEnvironment(topics: { self.topics }, settings: { _ in self.settings })
    }
}

/// Consumer groups in the coordinator.
extension GroupWorld {
    func consumerGroup(_ id: String = "g") -> ConsumerGroup? {
        (coordinator.groups[id] as? LiveConsumerGroup)?.group
    }

    /// - Parameters:
    ///   - epoch: 0 to join.
    ///   - owned: what the member says it has.
    func consume(
        _ memberID: String, epoch: Int32 = 0, group: String = "g", instance: String? = nil,
        names: [String]? = nil, pattern: String? = nil, owned: PartitionSet? = nil,
        view: TopicView = .everything
    ) -> GroupAnswer<ConsumerGroupHeartbeatResponse> {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = group
        request.memberId = memberID
        request.memberEpoch = epoch
        request.instanceId = instance
        request.rebalanceTimeoutMs = epoch == 0 ? 30_000 : -1
        request.subscribedTopicNames = names ?? (epoch == 0 ? ["t"] : nil)
        request.subscribedTopicRegex = pattern
        request.topicPartitions =
            epoch == 0 ? [] : owned.map(ConsumerGroupHeartbeatRequest.topics(of:))
        let answer = GroupAnswer<ConsumerGroupHeartbeatResponse>()
        coordinator.heartbeat(
            request, from: GroupClient(id: "client", host: "/1.2.3.4"), view: view,
            version: 1
        ) { answer.give($0) }
        return answer
    }

    /// What a heartbeat is answered once it is durable.
    func consumeNow(
        _ memberID: String, epoch: Int32 = 0, group: String = "g", instance: String? = nil,
        owned: PartitionSet? = nil
    ) -> ConsumerGroupHeartbeatResponse {
        let answer = consume(
            memberID, epoch: epoch, group: group, instance: instance, owned: owned)
        settle()
        return answer.value ?? .refusal(ApiError(.requestTimedOut))
    }

    /// What SyncGroup gives a consumer, as it carries it.
    static func assignment(_ topic: String, _ partitions: [Int32]) -> String {
        var writer = WireWriter(ByteBuffer())
        writer.writeInteger(Int16(0))
        var part = ConsumerProtocolAssignment.TopicPartition()
        part.topic = topic
        part.partitions = partitions
        var assignment = ConsumerProtocolAssignment()
        assignment.assignedPartitions = [part]
        // All of it is text then.
        assignment.userData = ByteBuffer()
        guard (try? assignment.encode(to: &writer, version: 0)) != nil else { return "" }
        return String(buffer: writer.buffer)
    }
}
