import KafkaBase

/// Who may commit and fetch the group's offsets, and who may delete it (Kafka's
/// `ConsumerGroup.validateOffsetCommit` and its neighbours).
extension ConsumerGroup {
    /// From which OffsetCommit knows member epochs.
    private static let firstCommitWithEpochs: Int16 = 9

    /// - Parameters:
    ///   - epoch: -1 for none.
    ///   - apiVersion: of OffsetCommit.
    func checkCommit(
        memberID: String, instanceID: String?, epoch: Int32, apiVersion: Int16
    ) throws(ApiError) {
        // By hand, or by a consumer that takes its partitions itself.
        if epoch < 0, isEmpty { return }
        let member = try member(memberID)
        guard member.isClassic || apiVersion >= ConsumerGroup.firstCommitWithEpochs else {
            throw ApiError(
                .unsupportedVersion,
                "OffsetCommit version 9 or above must be used by members using the modern group "
                    + "protocol")
        }
        try check(epoch, of: member)
    }

    /// Commits in a transaction need not say whose they are.
    func checkTransactionalCommit(
        memberID: String, instanceID: String?, epoch: Int32
    ) throws(ApiError) {
        if epoch < 0, isEmpty || (memberID.isEmpty && instanceID == nil && epoch == -1) { return }
        try check(epoch, of: member(memberID))
    }

    /// - Parameter memberID: nil for a request that names none.
    func checkFetch(memberID: String?, epoch: Int32) throws(ApiError) {
        if memberID == nil, epoch < 0 { return }
        try check(epoch, of: member(memberID ?? ""))
    }

    /// - Throws: `NON_EMPTY_GROUP`.
    func checkDeletion() throws(ApiError) {
        guard isEmpty else { throw ApiError(.nonEmptyGroup, "The group is not empty.") }
    }

    private func member(_ id: String) throws(ApiError) -> ConsumerGroupMember {
        guard let member = members[id] else {
            throw ApiError(.unknownMemberId, "Member \(id) is not a member of group \(self.id).")
        }
        return member
    }

    private func check(_ epoch: Int32, of member: ConsumerGroupMember) throws(ApiError) {
        guard epoch != member.current.epoch else { return }
        if member.isClassic {
            throw ApiError(
                .illegalGeneration,
                "The received generation id \(epoch) does not match the expected member epoch "
                    + "\(member.current.epoch).")
        }
        throw ApiError(
            .staleMemberEpoch,
            "The received member epoch \(epoch) does not match the expected member epoch "
                + "\(member.current.epoch).")
    }
}
