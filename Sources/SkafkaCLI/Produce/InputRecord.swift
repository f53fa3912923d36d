internal import KafkaRecords

/// A record as it came out of the input. Its pointers are valid until the next one is read.
struct InputRecord {
    var key: UnsafeRawBufferPointer?
    var value: UnsafeRawBufferPointer?
    var partition: Int32?
    /// Ms since the epoch; nil is the time of reading.
    var timestamp: Int64?
    var headers: EncodedHeaders?
    /// A transaction's marker, which only the broker can write.
    var isControl = false
}
