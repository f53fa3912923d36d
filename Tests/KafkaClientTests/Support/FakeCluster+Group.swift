import KafkaBase
import KafkaWire
import NIOCore

@testable import KafkaClient

/// Broker 0 coordinates one group of the classic protocol. Its answers come at once, so it has one
/// member at a time.
extension FakeCluster.State {
    static let groupVersions: [ApiKey: ClosedRange<Int16>] = [
        .findCoordinator: 0...4, .joinGroup: 0...9, .syncGroup: 0...5, .heartbeat: 0...4,
        .leaveGroup: 0...5, .offsetCommit: 2...9, .offsetFetch: 1...9,
    ]

    /// - Throws: for an API that is not one of these, and where the answer has to wait.
    mutating func serveGroup(
        _ header: RequestHeader, _ reader: inout WireReader, refusal: ErrorCode?
    ) throws -> ByteBuffer {
        let version = header.apiVersion
        let now = Int(NIODeadline.now().uptimeNanoseconds / 1_000_000)
        switch header.apiKey {
        case .joinGroup:
            let request = try JoinGroupRequest(from: &reader, version: version)
            group.handle(.join(request), number: 0, now: now)
        case .syncGroup:
            let request = try SyncGroupRequest(from: &reader, version: version)
            group.handle(.sync(request), number: 0, now: now)
        case .heartbeat:
            if let refusal {
                var response = HeartbeatResponse()
                response.errorCode = refusal
                return try response.frame(for: header)
            }
            let request = try HeartbeatRequest(from: &reader, version: version)
            group.handle(.heartbeat(request), number: 0, now: now)
        case .leaveGroup:
            let request = try LeaveGroupRequest(from: &reader, version: version)
            for member in request.members {
                group.handle(.leave(member.memberId), number: 0, now: now)
            }
            return try LeaveGroupResponse().frame(for: header)
        case .offsetCommit:
            let request = try OffsetCommitRequest(from: &reader, version: version)
            return try commit(request, refusal).frame(for: header)
        case .offsetFetch:
            let request = try OffsetFetchRequest(from: &reader, version: version)
            return try offsets(request, refusal).frame(for: header)
        default:
            throw WireError.unsupportedVersion(version)
        }
        defer { group.replies = [] }
        switch group.replies.first?.response {
        case .join(let response)?: return try response.frame(for: header)
        case .sync(let response)?: return try response.frame(for: header)
        case .heartbeat(let response)?: return try response.frame(for: header)
        case .consumerHeartbeat?, nil: throw WireError.unsupportedVersion(version)
        }
    }

    private mutating func commit(
        _ request: OffsetCommitRequest, _ refusal: ErrorCode?
    ) -> OffsetCommitResponse {
        let member = ConsumerGroupMetadata(
            groupID: request.groupId, generation: request.generationIdOrMemberEpoch,
            memberID: request.memberId)
        let code = refusal ?? (group.accepts(member) ? .none : .illegalGeneration)
        var response = OffsetCommitResponse()
        for topic in request.topics {
            var result = OffsetCommitResponse.OffsetCommitResponseTopic()
            result.name = topic.name
            for partition in topic.partitions {
                var entry = OffsetCommitResponse.OffsetCommitResponsePartition()
                entry.partitionIndex = partition.partitionIndex
                entry.errorCode = code
                result.partitions.append(entry)
                guard code == .none else { continue }
                let key = TopicPartition(topic: topic.name, partition: partition.partitionIndex)
                committed[key] = OffsetAndMetadata(
                    offset: partition.committedOffset,
                    leaderEpoch: partition.committedLeaderEpoch < 0
                        ? nil : partition.committedLeaderEpoch,
                    metadata: partition.committedMetadata ?? "")
            }
            response.topics.append(result)
        }
        return response
    }

    private func offsets(
        _ request: OffsetFetchRequest, _ refusal: ErrorCode?
    ) -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        for group in request.groups {
            var answer = OffsetFetchResponse.OffsetFetchResponseGroup()
            answer.groupId = group.groupId
            answer.errorCode = refusal ?? .none
            for topic in group.topics ?? [] {
                var result = OffsetFetchResponse.OffsetFetchResponseTopics()
                result.name = topic.name
                for number in topic.partitionIndexes {
                    let key = TopicPartition(topic: topic.name, partition: number)
                    var entry = OffsetFetchResponse.OffsetFetchResponsePartitions()
                    entry.partitionIndex = number
                    entry.committedOffset = committed[key]?.offset ?? -1
                    entry.committedLeaderEpoch = committed[key]?.leaderEpoch ?? -1
                    entry.metadata = committed[key]?.metadata ?? ""
                    result.partitions.append(entry)
                }
                answer.topics.append(result)
            }
            response.groups.append(answer)
        }
        return response
    }
}
