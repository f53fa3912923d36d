internal import KafkaRecords

/// What a format can show of a record. Valid only during the call it is handed to.
struct RecordFields {
    var topic: UnsafeRawBufferPointer
    var partition: Int32
    var offset: Int64
    /// Ms since the epoch, -1 when there is none.
    var timestamp: Int64 = -1
    var isLogAppendTime = false
    var leaderEpoch: Int32 = -1
    var isControl = false
    var key: UnsafeRawBufferPointer?
    var value: UnsafeRawBufferPointer?
    var headers: RecordHeaders?
}
