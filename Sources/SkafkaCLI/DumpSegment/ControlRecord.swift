internal import KafkaRecords

/// What a dump shows of a control batch's record (Kafka's `EndTransactionMarker`).
struct ControlRecord {
    /// As it stands in the key, -1 where the key is too short.
    let type: Int16
    /// Nil for a type that is not known.
    let kind: ControlRecordType?
    /// Of a transaction marker.
    let coordinatorEpoch: Int32?

    init(_ record: RecordView) {
        type = ControlRecordType.number(in: record.key) ?? -1
        kind = ControlRecordType(rawValue: type)
        coordinatorEpoch =
            kind == .abort || kind == .commit
            ? record.value.flatMap(ControlRecord.coordinatorEpoch) : nil
    }

    /// A marker's value: i16 version, i32 coordinator epoch.
    private static func coordinatorEpoch(in value: UnsafeRawBufferPointer) -> Int32? {
        guard value.count >= 6 else { return nil }
        return Int32(bigEndian: value.loadUnaligned(fromByteOffset: 2, as: Int32.self))
    }

    var kafkaName: StaticString {
        switch kind {
        case .abort?: "ABORT"
        case .commit?: "COMMIT"
        case .leaderChange?: "LEADER_CHANGE"
        case .snapshotHeader?: "SNAPSHOT_HEADER"
        case .snapshotFooter?: "SNAPSHOT_FOOTER"
        case .kraftVersion?: "KRAFT_VERSION"
        case .kraftVoters?: "KRAFT_VOTERS"
        case nil: "UNKNOWN"
        }
    }
}
