internal import KafkaRecords

/// What the command line says of all records: the key, the headers, the partition and the time of
/// those that bring none, or of every one.
///
/// Immutable; any thread. Owns the memory of the key, which the records then point to.
final class RecordDefaults {
    private let key: UnsafeMutableRawBufferPointer?
    private let headers: EncodedHeaders?
    private let timestamp: Int64?
    private let partition: Int32?
    private let keepsPartitions: Bool
    private let emptyIsNull: Bool

    init(_ plan: ProducePlan) {
        let isNull = plan.key == nil || (plan.emptyIsNull && plan.key == [])
        key = isNull ? nil : plan.key.map { RecordDefaults.copy($0) }
        headers = plan.headers
        timestamp = plan.timestamp
        partition = plan.partition
        keepsPartitions = plan.keepsPartitions
        emptyIsNull = plan.emptyIsNull
    }

    deinit {
        key?.deallocate()
    }

    private static func copy(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        room.copyBytes(from: bytes)
        return room
    }

    /// Gives them to a record.
    @inline(__always)
    func complete(_ record: inout InputRecord) {
        if emptyIsNull {
            if record.key?.isEmpty == true { record.key = nil }
            if record.value?.isEmpty == true { record.value = nil }
        }
        if let key, record.key == nil { record.key = UnsafeRawBufferPointer(key) }
        if record.headers == nil { record.headers = headers }
        // Its own also where that is -1, of a record that never had one: it stays the same record.
        if let timestamp { record.timestamp = timestamp }
        if !keepsPartitions { record.partition = partition }
    }
}
