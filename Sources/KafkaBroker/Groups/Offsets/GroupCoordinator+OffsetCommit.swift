import KafkaBase
import KafkaRecords
import Logging

/// Offsets that are to be committed.
struct OffsetCommit: Sendable {
    struct Entry: Sendable {
        var topic: String
        var partition: Int32
        var offset: Int64
        var leaderEpoch: Int32
        var metadata: String?
    }

    var groupID: String
    var committer: OffsetCommitter
    /// Time after which they may go, in ms; nil for the broker's setting.
    var retentionMs: Int64?
    /// Of the transaction that they are part of.
    var producer: RecordBatchBuilder.ProducerState = .none
    /// Of partitions that exist.
    var entries: [Entry]
}

/// OffsetCommit and TxnOffsetCommit.
extension GroupCoordinator {
    /// From this version of OffsetCommit on members are told that a group is not there.
    private static let firstCommitVersionWithUnknownGroup: Int16 = 9

    /// - Parameter reply: given an error for each entry, when the offsets are durable.
    func commit(_ commit: OffsetCommit, reply: @escaping @Sendable ([ErrorCode]) -> Void) {
        let refuse = { @Sendable (error: ErrorCode) in
            reply(Array(repeating: error, count: commit.entries.count))
        }
        do throws(ApiError) {
            try checkCommit(commit)
            guard offsets.count + commit.entries.count <= GroupLimits.maxOffsets else {
                limits.note(
                    "group \(commit.groupID): offsets are refused: there are \(offsets.count)",
                    logger)
                throw ApiError(.policyViolation)
            }
            let errors = commit.entries.map { entry in
                (entry.metadata?.utf16.count ?? 0) > settings.maxMetadataBytes
                    ? ErrorCode.offsetMetadataTooLarge : .none
            }
            let records = try records(of: commit, errors)
            guard !records.isEmpty else { return reply(errors) }
            try write(records, producer: commit.producer) { error in
                guard error == .none else { return refuse(error.asCoordinatorError) }
                reply(errors)
            }
        } catch {
            if let message = error.message {
                logger.debug("group \(commit.groupID): offsets are not committed: \(message)")
            }
            refuse(error.code.asCoordinatorError)
        }
    }

    private func checkCommit(_ commit: OffsetCommit) throws(ApiError) {
        let committer = commit.committer
        guard let group = groups[commit.groupID] else {
            // Whoever is no member makes a group of its own by this.
            if committer.generation < 0 {
                guard hasRoomForGroup(commit.groupID) else { throw ApiError(.policyViolation) }
                return
            }
            let knowsError =
                !committer.isTransactional
                && committer.version >= GroupCoordinator.firstCommitVersionWithUnknownGroup
            throw ApiError(knowsError ? .groupIdNotFound : .illegalGeneration)
        }
        try group.checkCommit(committer)
        guard !committer.isTransactional, let classic = group as? ClassicGroup,
            let member = classic.members[committer.memberID]
        else { return }
        renewSession(of: member, in: classic)
    }

    private func records(
        of commit: OffsetCommit, _ errors: [ErrorCode]
    ) throws(ApiError) -> [CoordinatorRecord] {
        let nowMs = nowMs
        var records: [CoordinatorRecord] = []
        for (entry, error) in zip(commit.entries, errors) where error == .none {
            let offset = CommittedOffset(
                offset: entry.offset, leaderEpoch: entry.leaderEpoch,
                metadata: entry.metadata ?? "", commitTimestampMs: nowMs,
                expireTimestampMs: commit.retentionMs.map { nowMs.addingClamped($0) })
            records.append(
                try .offset(
                    offset, group: commit.groupID, topic: entry.topic, partition: entry.partition))
        }
        return records
    }
}
