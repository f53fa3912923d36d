/// One batch (v2) or outer message (v0, v1) among others, found by its length alone.
public struct RecordSetEntry: Sendable, Hashable {
    /// Of its first byte, from the start of the bytes that the cursor walks.
    public var position: Int
    /// The i64 in front: the base offset of a v2 batch, the (last) offset of an older message.
    public var offsetField: Int64
    /// All of its bytes, length prefix included.
    public var sizeBytes: Int
    public var magic: Int8
}

/// Cuts bytes into batches and messages of any format; they all begin with an i64 offset and an
/// i32 length, and have their magic at byte 16.
public struct RecordSetCursor: Sendable {
    /// Offset, length, and the fields up to the magic byte.
    public static let prefixByteCount = 17
    /// Smallest length field of each magic: a v0 and a v1 message without key and value, a v2
    /// header alone.
    private static let smallestLengths = [14, 22, RecordBatchHeader.byteCount - 12]

    /// Where the next entry begins.
    public private(set) var position: Int

    public init(position: Int = 0) {
        self.position = position
    }

    /// The entry at `position`, which then moves behind it; nil at the end of the bytes.
    ///
    /// - Throws: `truncated` when the bytes end inside an entry, `invalidBatchLength`,
    ///   `unknownMagic`. The position stays.
    public mutating func next(in bytes: UnsafeRawBufferPointer) throws(RecordsError)
        -> RecordSetEntry?
    {
        guard position < bytes.count else { return nil }
        let entry = try RecordSetCursor.entry(
            at: position, in: UnsafeRawBufferPointer(rebasing: bytes[position...]))
        let available = bytes.count - position
        guard entry.sizeBytes <= available else {
            throw .truncated(needed: entry.sizeBytes, available: available)
        }
        position += entry.sizeBytes
        return entry
    }

    /// Reads the prefix of an entry, of which no more than that need be there.
    ///
    /// - Parameter position: only noted in the result.
    public static func entry(
        at position: Int, in bytes: UnsafeRawBufferPointer
    ) throws(RecordsError) -> RecordSetEntry {
        guard let base = bytes.baseAddress, bytes.count >= prefixByteCount else {
            throw .truncated(needed: prefixByteCount, available: bytes.count)
        }
        let length = Int(base.bigEndian(8, as: Int32.self))
        let magic = base.bigEndian(16, as: Int8.self)
        // Too short for any format: the length is what is wrong, whatever the magic byte holds.
        guard length >= smallestLengths[0] else { throw .invalidBatchLength(length) }
        guard (0...2).contains(magic) else { throw .unknownMagic(magic) }
        guard length >= smallestLengths[Int(magic)] else { throw .invalidBatchLength(length) }
        return RecordSetEntry(
            position: position, offsetField: base.bigEndian(0), sizeBytes: length + 12, magic: magic
        )
    }
}
