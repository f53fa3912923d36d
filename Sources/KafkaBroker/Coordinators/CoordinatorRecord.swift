import KafkaBase
import KafkaRecords
import KafkaWire
import NIOCore

/// A record of an internal topic as a coordinator writes and reads it: the bytes of its key and
/// value, each a version (i16) with a message behind it.
struct CoordinatorRecord: Sendable, Equatable {
    var key: ByteBuffer
    /// Nil removes what the key stands for (a tombstone).
    var value: ByteBuffer?

    init(key: ByteBuffer, value: ByteBuffer?) {
        self.key = key
        self.value = value
    }

    /// - Parameters:
    ///   - keyType: the key's version, which tells the kinds of records apart.
    ///   - version: of the value.
    /// - Throws: where a message has no such version, or a field does not fit it.
    init<Key: DataMessage, Value: DataMessage>(
        _ key: Key, type keyType: Int16, value: Value?, version: Int16
    ) throws(WireError) {
        self.key = try CoordinatorRecord.encode(key, version: keyType)
        guard let value else { return }
        self.value = try CoordinatorRecord.encode(value, version: version)
    }

    private static func encode(
        _ message: some DataMessage, version: Int16
    ) throws(WireError) -> ByteBuffer {
        var writer = WireWriter(ByteBuffer())
        writer.writeInteger(version)
        try message.encode(to: &writer, version: version)
        return writer.buffer
    }

    /// The key's version; nil for a key that is too short for one.
    var keyType: Int16? { key.getInteger(at: key.readerIndex) }

    /// The key as a message of the kind that its type stands for.
    func readKey<Key: DataMessage>(as type: Key.Type) throws(WireError) -> Key {
        try CoordinatorRecord.read(key)
    }

    /// Nil for a tombstone.
    func readValue<Value: DataMessage>(as type: Value.Type) throws(WireError) -> Value? {
        guard let value else { return nil }
        return try CoordinatorRecord.read(value)
    }

    private static func read<Message: DataMessage>(
        _ bytes: ByteBuffer
    ) throws(WireError) -> Message {
        var reader = WireReader(bytes)
        let version: Int16 = try reader.readInteger()
        return try Message(from: &reader, version: version)
    }
}

/// A batch of a coordinator's partition as it is read when a coordinator is loaded.
struct CoordinatorBatch: Sendable {
    enum Content: Sendable {
        case records([CoordinatorRecord])
        /// The end of the producer's transaction.
        case marker(EndTransactionMarker)
    }

    var baseOffset: Int64
    /// -1 for none.
    var producerID: Int64
    var producerEpoch: Int16
    /// Its records count only when the producer's transaction has been committed.
    var isTransactional: Bool
    /// Of its records, the latest; ms since the epoch.
    var maxTimestamp: Int64
    var content: Content
}
