public import KafkaRecords

/// A record as a consumer sees it, where it lies; the pointers in it are valid only during the
/// call that hands it out.
///
/// ```swift
/// try records.forEachRecord(reader: &reader) { record in
///     print(record.offset, record.value.map { String(decoding: $0, as: UTF8.self) } ?? "null")
///     return .continue
/// }
/// ```
public struct ConsumedRecord {
    public enum TimestampType: Sendable {
        /// Set by the producer.
        case createTime
        /// Set by the broker.
        case logAppendTime
        /// Records of the oldest format have none.
        case none
    }

    public let record: RecordView
    /// Of the leader that wrote it; -1 where the format has none.
    public let leaderEpoch: Int32
    public let timestampType: TimestampType
    /// Whether it is a transaction's marker.
    public let isControl: Bool

    public var offset: Int64 { record.offset }
    /// Ms since the epoch, -1 when there is none.
    public var timestamp: Int64 { record.timestamp }
    /// Nil is a null key, which an empty one is not.
    public var key: UnsafeRawBufferPointer? { record.key }
    public var value: UnsafeRawBufferPointer? { record.value }
    public var headers: RecordHeaders { record.headers }
}
