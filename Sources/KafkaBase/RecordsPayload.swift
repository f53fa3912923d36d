public import NIOCore

/// What a message's `records` field holds: whole record batches, never looked into here.
public enum RecordsPayload: Sendable {
    /// In memory. What is decoded is always this, a slice of the received buffer.
    case bytes(ByteBuffer)
    /// A range of a file; outgoing only. `WireWriter` leaves a splice for it.
    case file(FileSlice)

    /// Number of bytes on the wire.
    public var count: Int {
        switch self {
        case .bytes(let buffer): buffer.readableBytes
        case .file(let slice): slice.count
        }
    }

    /// The bytes, where they are in memory.
    public var buffer: ByteBuffer? {
        if case .bytes(let buffer) = self { buffer } else { nil }
    }
}
