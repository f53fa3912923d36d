internal import CZlib

/// A message of the formats before batches, v0 and v1 (Kafka's `LegacyRecord`): a record, or, when
/// it has a codec, a wrapper whose value is a compressed set of messages.
///
///     offset i64, length i32, crc u32, magic i8, attributes i8, [timestamp i64 in v1], key, value
public struct LegacyMessage {
    public var offset: Int64
    public var sizeBytes: Int
    public var crc: UInt32
    public var magic: Int8
    public var attributes: RecordBatchAttributes
    /// Ms since the epoch, -1 in v0.
    public var timestamp: Int64
    public var key: UnsafeRawBufferPointer?
    public var value: UnsafeRawBufferPointer?

    /// The CRC covers what lies behind itself.
    private static let crcStart = 16

    /// - Parameter bytes: exactly one message; what is decoded points into it.
    public init(_ bytes: UnsafeRawBufferPointer) throws(RecordsError) {
        let entry = try RecordSetCursor.entry(at: 0, in: bytes)
        guard let base = bytes.baseAddress, entry.sizeBytes == bytes.count else {
            throw .truncated(needed: entry.sizeBytes, available: bytes.count)
        }
        guard entry.magic < 2 else { throw .unknownMagic(entry.magic) }
        offset = entry.offsetField
        sizeBytes = entry.sizeBytes
        magic = entry.magic
        crc = base.bigEndian(12)
        attributes = RecordBatchAttributes(rawValue: Int16(base.bigEndian(17, as: UInt8.self)))
        timestamp = magic == 1 ? base.bigEndian(18) : -1
        var position = magic == 1 ? 26 : 18
        key = try LegacyMessage.field(&position, bytes)
        value = try LegacyMessage.field(&position, bytes)
        guard position == bytes.count else { throw .trailingBytes(bytes.count - position) }
    }

    private static func field(
        _ position: inout Int, _ bytes: UnsafeRawBufferPointer
    ) throws(RecordsError) -> UnsafeRawBufferPointer? {
        guard let base = bytes.baseAddress, bytes.count - position >= 4 else {
            throw .invalidRecord(index: 0, reason: "a field runs over its end")
        }
        let length = Int(base.bigEndian(position, as: Int32.self))
        position += 4
        if length == -1 { return nil }
        guard length >= 0, length <= bytes.count - position else {
            throw .invalidRecord(index: 0, reason: "a field runs over its end")
        }
        defer { position += length }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
    }

    /// The CRC-32 (not the one of batches) that a message should hold.
    ///
    /// - Parameter message: the whole message, at least its 17 first bytes.
    public static func computeCrc(of message: UnsafeRawBufferPointer) -> UInt32 {
        let covered = UnsafeRawBufferPointer(rebasing: message[crcStart...])
        return UInt32(
            truncatingIfNeeded: crc32_z(
                0, covered.baseAddress?.assumingMemoryBound(to: UInt8.self), covered.count))
    }

    /// - Throws: `RecordsError.crcMismatch`.
    public func verifyCrc(of message: UnsafeRawBufferPointer) throws(RecordsError) {
        let computed = LegacyMessage.computeCrc(of: message)
        guard computed == crc else { throw .crcMismatch(stored: crc, computed: computed) }
    }
}

extension RecordBatchReader {
    /// Like `forEachRecord`, for one message of format v0 or v1, and hands out with each record the
    /// bytes of its own message, which hold its own CRC.
    public mutating func forEachLegacyRecord(
        in bytes: UnsafeRawBufferPointer,
        _ body: (RecordView, _ message: UnsafeRawBufferPointer) -> RecordVisit
    ) throws(RecordsError) {
        let message = try LegacyMessage(bytes)
        guard let codec = message.attributes.codec, codec != .zstd else {
            throw .unknownCodec(message.attributes.codecID)
        }
        guard codec != .none else {
            _ = body(
                RecordView(message, offset: message.offset, timestamp: message.timestamp), bytes)
            return
        }
        guard let value = message.value else {
            throw .invalidRecord(index: 0, reason: "a compressed set without a value")
        }
        try unpackLegacy(value, codec, magic: message.magic)
        try walkSet(of: message, body)
    }

    private mutating func unpackLegacy(
        _ value: UnsafeRawBufferPointer, _ codec: CompressionCodec, magic: Int8
    ) throws(RecordsError) {
        guard magic == 0, codec == .lz4 else { return try unpack(value, codec) }
        var frame = Array(value)
        Lz4Decompressor.repairHeaderChecksum(&frame)
        var result: Result<Void, RecordsError> = .success(())
        frame.withUnsafeBytes { bytes in
            do throws(RecordsError) { try unpack(bytes, codec) } catch { result = .failure(error) }
        }
        try result.get()
    }

    /// Inner offsets of v1 count from the set's first record, and the wrapper has the last one's;
    /// those of v0 are absolute (KIP-31).
    private func walkSet(
        of wrapper: LegacyMessage,
        _ body: (RecordView, _ message: UnsafeRawBufferPointer) -> RecordVisit
    ) throws(RecordsError) {
        var lastInnerOffset: Int64?
        var cursor = RecordSetCursor()
        while let entry = try cursor.next(in: unpacked.bytes) {
            lastInnerOffset = entry.offsetField
        }
        guard let lastInnerOffset else {
            throw .invalidRecord(index: 0, reason: "an empty compressed set")
        }
        let base = wrapper.magic == 1 ? wrapper.offset &- lastInnerOffset : 0
        cursor = RecordSetCursor()
        var index = 0
        while let entry = try cursor.next(in: unpacked.bytes) {
            let bytes = UnsafeRawBufferPointer(
                rebasing: unpacked.bytes[entry.position..<entry.position + entry.sizeBytes])
            let inner = try LegacyMessage(bytes)
            guard inner.magic == wrapper.magic, inner.attributes.codec == CompressionCodec.none
            else {
                throw .invalidRecord(index: index, reason: "a compressed or foreign inner message")
            }
            let timestamp = wrapper.attributes.isLogAppendTime ? wrapper.timestamp : inner.timestamp
            let record = RecordView(inner, offset: base &+ inner.offset, timestamp: timestamp)
            if body(record, bytes) == .stop { return }
            index += 1
        }
    }
}

extension RecordView {
    init(_ message: LegacyMessage, offset: Int64, timestamp: Int64) {
        self.init(
            offset: offset, timestamp: timestamp, key: message.key, value: message.value,
            headers: .none, sizeBytes: message.sizeBytes - 12, sequence: -1)
    }
}
