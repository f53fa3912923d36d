import KafkaBase
import KafkaWire

/// Up to where a group has come in a partition. A value.
struct CommittedOffset: Sendable, Equatable {
    var offset: Int64
    /// Of the last record that was consumed; -1 where the client did not tell.
    var leaderEpoch: Int32 = -1
    /// What the client put beside it.
    var metadata = ""
    /// Ms since 1970.
    var commitTimestampMs: Int64
    /// Where an old client asked for a time of its own, ms since 1970.
    var expireTimestampMs: Int64?
    /// Greater than that of all commits that stand in the log before it.
    var order: Int64 = 0
}

/// From when the time is counted after which a group's offsets go.
enum OffsetRetention: Sendable, Equatable {
    case sinceCommit
    /// Ms since 1970.
    case since(Int64)

    func hasExpired(_ offset: CommittedOffset, retentionMs: Int64, nowMs: Int64) -> Bool {
        if let expireTimestampMs = offset.expireTimestampMs { return nowMs >= expireTimestampMs }
        return switch self {
        case .sinceCommit: nowMs - offset.commitTimestampMs >= retentionMs
        case .since(let startMs): nowMs - startMs >= retentionMs
        }
    }
}

// MARK: Records

extension CoordinatorRecord {
    /// Of offsets; version 0 of Kafka's early days says the same.
    static let offsetKeyTypes: ClosedRange<Int16> = 0...1
    private static let offsetVersion: Int16 = 3
    /// The only one that holds a time to expire at.
    private static let expiringOffsetVersion: Int16 = 1

    /// An offset that a group committed; nil in place of the value takes it away.
    ///
    /// - Throws: `INVALID_REQUEST` for names that no record can hold.
    static func offset(
        _ offset: CommittedOffset?, group: String, topic: String, partition: Int32
    ) throws(ApiError) -> CoordinatorRecord {
        var key = OffsetCommitKey()
        key.group = group
        key.topic = topic
        key.partition = partition
        let expires = offset?.expireTimestampMs != nil
        do throws(WireError) {
            return try CoordinatorRecord(
                key, type: offsetKeyTypes.upperBound, value: offset.map(OffsetCommitValue.init),
                version: expires ? expiringOffsetVersion : offsetVersion)
        } catch {
            throw ApiError(.invalidRequest, "the offset cannot be stored: \(error)")
        }
    }
}

extension OffsetCommitValue {
    init(_ offset: CommittedOffset) {
        self.init()
        self.offset = offset.offset
        leaderEpoch = offset.leaderEpoch
        metadata = offset.metadata
        commitTimestamp = offset.commitTimestampMs
        expireTimestamp = offset.expireTimestampMs ?? -1
    }
}

extension CommittedOffset {
    init(_ value: OffsetCommitValue) {
        offset = value.offset
        leaderEpoch = value.leaderEpoch
        metadata = value.metadata
        commitTimestampMs = value.commitTimestamp
        expireTimestampMs = value.expireTimestamp < 0 ? nil : value.expireTimestamp
    }
}
