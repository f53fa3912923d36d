import KafkaBase
import KafkaWire
import Logging

/// What administrators ask for: groups described, listed, deleted, and offsets deleted.
extension GroupCoordinator {
    typealias Described = DescribeGroupsResponse.DescribedGroup

    /// From this version of DescribeGroups on an unknown group is an error (KIP-1043).
    private static let firstVersionWithUnknownGroup: Int16 = 6

    /// DescribeGroups: groups of the classic protocol alone.
    func describe(_ groupID: String, version: Int16) -> Described {
        guard let group = groups[groupID] else {
            return unknown(groupID, version, "Group \(groupID) not found.")
        }
        guard let classic = group as? ClassicGroup else {
            return unknown(groupID, version, "Group \(groupID) is not a classic group.")
        }
        return Described(classic)
    }

    private func unknown(_ groupID: String, _ version: Int16, _ message: String) -> Described {
        var described = Described()
        described.groupId = groupID
        described.groupState = ClassicGroup.State.dead.rawValue
        if version >= GroupCoordinator.firstVersionWithUnknownGroup {
            described.errorCode = .groupIdNotFound
            described.errorMessage = message
        }
        return described
    }

    /// ListGroups. An empty filter lets all through; states and types go by their names in small
    /// letters.
    func list(states: Set<String>, types: Set<String>) -> [ListGroupsResponse.ListedGroup] {
        groups.values.lazy.filter { group in
            (states.isEmpty || states.contains(group.stateName.lowercased()))
                && (types.isEmpty || types.contains(group.kind.rawValue))
        }.map { group in
            var listed = ListGroupsResponse.ListedGroup()
            listed.groupId = group.id
            listed.protocolType = group.protocolTypeName
            listed.groupState = group.stateName
            listed.groupType = group.kind.name
            return listed
        }.sorted { $0.groupId < $1.groupId }
    }

    // MARK: Deletion

    /// DeleteGroups: an empty group goes with its offsets.
    func delete(_ groupID: String, reply: @escaping @Sendable (ErrorCode) -> Void) {
        do throws(ApiError) {
            guard let group = groups[groupID] else { throw ApiError(.groupIdNotFound) }
            try group.checkDeletion()
            let partitions = offsets.partitions(of: groupID)
            let tombstones = try offsetTombstones(of: groupID, partitions) + group.tombstones()
            let logger = logger
            try write(tombstones) { error in
                if error == .none {
                    logger.info("group \(groupID) is deleted with \(partitions.count) offsets")
                }
                reply(error.asCoordinatorError)
            }
        } catch {
            reply(error.code.asCoordinatorError)
        }
    }

    /// OffsetDelete: the error of each partition, in their order.
    ///
    /// - Parameter reply: also given an error that concerns the group; then there are no others.
    func deleteOffsets(
        of groupID: String, _ partitions: [TopicPartition],
        reply: @escaping @Sendable (Result<[ErrorCode], ApiError>) -> Void
    ) {
        do throws(ApiError) {
            guard !groupID.isEmpty else { throw ApiError(.invalidGroupId) }
            guard let group = groups[groupID] else { throw ApiError(.groupIdNotFound) }
            try group.checkOffsetDeletion()
            let known = Set(offsets.partitions(of: groupID))
            let errors = partitions.map { partition in
                group.isSubscribed(to: partition.topic)
                    ? ErrorCode.groupSubscribedToTopic : .none
            }
            let deleted = zip(partitions, errors).compactMap { partition, error in
                error == .none && known.contains(partition) ? partition : nil
            }
            guard !deleted.isEmpty else { return reply(.success(errors)) }
            try write(offsetTombstones(of: groupID, deleted)) { error in
                reply(
                    error == .none
                        ? .success(errors) : .failure(ApiError(error.asCoordinatorError)))
            }
        } catch {
            reply(.failure(ApiError(error.code.asCoordinatorError)))
        }
    }

    private func offsetTombstones(
        of groupID: String, _ partitions: [TopicPartition]
    ) throws(ApiError) -> [CoordinatorRecord] {
        var records: [CoordinatorRecord] = []
        for partition in partitions {
            records.append(
                try .offset(
                    nil, group: groupID, topic: partition.topic, partition: partition.partition))
        }
        return records
    }
}

extension DescribeGroupsResponse.DescribedGroup {
    /// What members say of themselves is shown while the group is stable, since only then all of
    /// them go by one protocol.
    init(_ group: ClassicGroup) {
        self.init()
        groupId = group.id
        groupState = group.stateName
        protocolType = group.protocolTypeName
        let isStable = group.state == .stable
        if isStable { protocolData = group.protocolName ?? "" }
        members = group.orderedMembers.map { member in
            var shown = DescribeGroupsResponse.DescribedGroupMember()
            shown.memberId = member.id
            shown.groupInstanceId = member.instanceID
            shown.clientId = member.client.id
            shown.clientHost = member.client.host
            shown.memberAssignment = member.assignment
            if isStable, let metadata = member.metadata(for: group.protocolName) {
                shown.memberMetadata = metadata
            }
            return shown
        }
    }
}
