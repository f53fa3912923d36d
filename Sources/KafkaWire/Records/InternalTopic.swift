internal import KafkaBase
internal import NIOCore

/// Kafka's own topics, whose records hold its state.
public enum InternalTopic: String, Sendable, CaseIterable {
    case consumerOffsets = "__consumer_offsets"
    case transactionState = "__transaction_state"
    case shareGroupState = "__share_group_state"
    case clusterMetadata = "__cluster_metadata"

    /// Takes a record apart. Copies its bytes.
    public func decode(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?
    ) -> DecodedRecord {
        switch self {
        case .clusterMetadata:
            DecodedRecord(key: .null, value: MetadataRecordFrame.decode(value))
        case .consumerOffsets:
            CoordinatorRecordTypes.decode(key, value, pairs: CoordinatorRecordTypes.group)
                .readingMemberProtocols()
        case .transactionState:
            CoordinatorRecordTypes.decode(key, value, pairs: CoordinatorRecordTypes.transaction)
        case .shareGroupState:
            CoordinatorRecordTypes.decode(key, value, pairs: CoordinatorRecordTypes.share)
        }
    }
}

/// Records of a coordinator's log: in front of the key stands the record's type, in front of the
/// value the value's version (Kafka's `CoordinatorRecordSerde`).
public enum CoordinatorRecordTypes {
    /// The messages of one type of record.
    public struct Pair: Sendable {
        public var key: any DataMessage.Type
        public var value: any DataMessage.Type
    }

    /// Of `__consumer_offsets`, by type.
    public static let group = table([
        (OffsetCommitKey.self, OffsetCommitValue.self),
        (GroupMetadataKey.self, GroupMetadataValue.self),
        (ConsumerGroupMetadataKey.self, ConsumerGroupMetadataValue.self),
        (ConsumerGroupPartitionMetadataKey.self, ConsumerGroupPartitionMetadataValue.self),
        (ConsumerGroupMemberMetadataKey.self, ConsumerGroupMemberMetadataValue.self),
        (
            ConsumerGroupTargetAssignmentMetadataKey.self,
            ConsumerGroupTargetAssignmentMetadataValue.self
        ),
        (
            ConsumerGroupTargetAssignmentMemberKey.self,
            ConsumerGroupTargetAssignmentMemberValue.self
        ),
        (
            ConsumerGroupCurrentMemberAssignmentKey.self,
            ConsumerGroupCurrentMemberAssignmentValue.self
        ),
        (ShareGroupPartitionMetadataKey.self, ShareGroupPartitionMetadataValue.self),
        (ShareGroupMemberMetadataKey.self, ShareGroupMemberMetadataValue.self),
        (ShareGroupMetadataKey.self, ShareGroupMetadataValue.self),
        (
            ShareGroupTargetAssignmentMetadataKey.self,
            ShareGroupTargetAssignmentMetadataValue.self
        ),
        (ShareGroupTargetAssignmentMemberKey.self, ShareGroupTargetAssignmentMemberValue.self),
        (ShareGroupCurrentMemberAssignmentKey.self, ShareGroupCurrentMemberAssignmentValue.self),
        (ShareGroupStatePartitionMetadataKey.self, ShareGroupStatePartitionMetadataValue.self),
        (ConsumerGroupRegularExpressionKey.self, ConsumerGroupRegularExpressionValue.self),
        (StreamsGroupMetadataKey.self, StreamsGroupMetadataValue.self),
        (StreamsGroupPartitionMetadataKey.self, StreamsGroupPartitionMetadataValue.self),
        (StreamsGroupMemberMetadataKey.self, StreamsGroupMemberMetadataValue.self),
        (
            StreamsGroupTargetAssignmentMetadataKey.self,
            StreamsGroupTargetAssignmentMetadataValue.self
        ),
        (StreamsGroupTargetAssignmentMemberKey.self, StreamsGroupTargetAssignmentMemberValue.self),
        (
            StreamsGroupCurrentMemberAssignmentKey.self,
            StreamsGroupCurrentMemberAssignmentValue.self
        ),
        (StreamsGroupTopologyKey.self, StreamsGroupTopologyValue.self),
    ])

    /// Of `__transaction_state`.
    public static let transaction = table([(TransactionLogKey.self, TransactionLogValue.self)])

    /// Of `__share_group_state` (KIP-932).
    public static let share = table([
        (ShareSnapshotKey.self, ShareSnapshotValue.self),
        (ShareUpdateKey.self, ShareUpdateValue.self),
    ])

    /// A key's versions are the types of its records.
    private static func table(
        _ pairs: [(any DataMessage.Type, any DataMessage.Type)]
    ) -> [Int16: Pair] {
        var table: [Int16: Pair] = [:]
        for (key, value) in pairs {
            for type in key.validVersions { table[type] = Pair(key: key, value: value) }
        }
        return table
    }

    static func decode(
        _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?, pairs: [Int16: Pair]
    ) -> DecodedRecord {
        guard let key else {
            return DecodedRecord(
                key: .null, value: value == nil ? .null : .malformed(.noKey))
        }
        var reader = WireReader(ByteBuffer(bytes: key))
        guard let type = try? reader.readInteger(as: Int16.self) else {
            return DecodedRecord(
                key: .malformed(.noVersion), value: value == nil ? .null : .malformed(.noType))
        }
        guard let pair = pairs[type] else {
            let part = DecodedPart.unknownType(Int(type))
            return DecodedRecord(key: part, value: value == nil ? .null : part)
        }
        return DecodedRecord(
            key: read(pair.key, version: type, &reader), value: decode(value, as: pair.value))
    }

    private static func decode(
        _ value: UnsafeRawBufferPointer?, as type: any DataMessage.Type
    ) -> DecodedPart {
        guard let value else { return .null }
        var reader = WireReader(ByteBuffer(bytes: value))
        guard let version = try? reader.readInteger(as: Int16.self) else {
            return .malformed(.noVersion)
        }
        return read(type, version: version, &reader)
    }

    static func read(
        _ type: any DataMessage.Type, version: Int16, _ reader: inout WireReader
    ) -> DecodedPart {
        do throws(WireError) {
            let message = try type.init(from: &reader, version: version)
            return .message(DecodedMessage(message, version: version))
        } catch {
            return .malformed(.unreadable(type: type.name, version: version, error))
        }
    }
}
