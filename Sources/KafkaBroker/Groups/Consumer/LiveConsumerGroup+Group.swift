import KafkaBase
import KafkaWire

extension LiveConsumerGroup: Group {
    var id: String { group.id }
    var kind: GroupKind { .consumer }
    var stateName: String { group.state.rawValue }
    var protocolTypeName: String { ClassicGroup.consumerProtocolType }
    var isEmpty: Bool { group.isEmpty }

    func checkCommit(_ committer: OffsetCommitter) throws(ApiError) {
        guard committer.isTransactional else {
            return try group.checkCommit(
                memberID: committer.memberID, instanceID: committer.instanceID,
                epoch: committer.generation, apiVersion: committer.version)
        }
        do throws(ApiError) {
            try group.checkTransactionalCommit(
                memberID: committer.memberID, instanceID: committer.instanceID,
                epoch: committer.generation)
        } catch {
            // TxnOffsetCommit does not know of epochs.
            throw error.code == .staleMemberEpoch
                ? ApiError(.illegalGeneration, error.message) : error
        }
    }

    func checkFetch(memberID: String?, memberEpoch: Int32) throws(ApiError) {
        try group.checkFetch(memberID: memberID, epoch: memberEpoch)
    }

    /// It is known which topics are in use.
    func checkOffsetDeletion() throws(ApiError) {}

    func checkDeletion() throws(ApiError) { try group.checkDeletion() }

    func isSubscribed(to topic: String) -> Bool { group.isSubscribed(to: topic) }

    var offsetRetention: OffsetRetention? { .sinceCommit }

    func tombstones() throws(ApiError) -> [CoordinatorRecord] {
        var draft = ConsumerGroupDraft(group)
        draft.writeTombstones()
        return try draft.encoded()
    }
}

extension ConsumerGroupDraft {
    /// The records as they stand in the log.
    ///
    /// - Throws: `INVALID_REQUEST` for names that no record can hold.
    func encoded() throws(ApiError) -> [CoordinatorRecord] {
        var encoded: [CoordinatorRecord] = []
        do throws(WireError) {
            for record in records { encoded.append(try record.encoded(of: group.id)) }
        } catch {
            throw ApiError(.invalidRequest, "the group cannot be stored: \(error)")
        }
        return encoded
    }
}
