internal import KafkaRecords

/// What a record of a control batch says (Kafka's `ControlRecordType`, `EndTransactionMarker`).
struct ControlRecord {
    enum Kind: Int16 {
        case unknown = -1
        case abort = 0
        case commit = 1
        case leaderChange = 2
        case snapshotHeader = 3
        case snapshotFooter = 4
        case raftVersion = 5
        case raftVoters = 6

        var kafkaName: StaticString {
            switch self {
            case .unknown: "UNKNOWN"
            case .abort: "ABORT"
            case .commit: "COMMIT"
            case .leaderChange: "LEADER_CHANGE"
            case .snapshotHeader: "SNAPSHOT_HEADER"
            case .snapshotFooter: "SNAPSHOT_FOOTER"
            case .raftVersion: "KRAFT_VERSION"
            case .raftVoters: "KRAFT_VOTERS"
            }
        }
    }

    /// As it stands in the key, -1 where the key is too short.
    let type: Int16
    let kind: Kind
    /// Of a transaction marker.
    let coordinatorEpoch: Int32?

    init(_ record: RecordView) {
        // Key: i16 version, i16 type. A marker's value: i16 version, i32 coordinator epoch.
        type = record.key.flatMap { ControlRecord.integer($0, at: 2) } ?? -1
        kind = Kind(rawValue: type) ?? .unknown
        coordinatorEpoch =
            kind == .abort || kind == .commit
            ? record.value.flatMap { ControlRecord.integer($0, at: 2) } : nil
    }

    private static func integer<Value: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) -> Value? {
        guard bytes.count >= offset + MemoryLayout<Value>.size else { return nil }
        return Value(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}
