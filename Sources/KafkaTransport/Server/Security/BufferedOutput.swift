import DequeModule
import KafkaBase
import NIOCore

/// Responses on their way to a connection that `sendfile` cannot write to, for TLS encrypts every
/// byte: ranges of files are read in pieces, each when there is room for it, so that a large
/// response never lies in memory as a whole.
///
/// A value of its connection, used on that connection's event loop alone.
struct BufferedOutput {
    /// Largest piece that is read of a file at a time.
    static let pieceBytes = 128 << 10

    private enum Part {
        case bytes(ByteBuffer)
        case slice(FileSlice)
    }

    private var parts: Deque<Part> = []

    var isEmpty: Bool { parts.isEmpty }

    /// Takes a response, and sets its frame's length.
    ///
    /// - Throws: `IOError` when the length cannot be told.
    mutating func append(_ message: WireWriter) throws {
        var message = message
        try FrameOutput.setLength(of: &message)
        var rest = message.buffer
        var offset = 0
        for splice in message.splices {
            if let bytes = rest.readSlice(length: splice.offset - offset) {
                if bytes.readableBytes > 0 { parts.append(.bytes(bytes)) }
            }
            offset = splice.offset
            if splice.slice.count > 0 { parts.append(.slice(splice.slice)) }
        }
        if rest.readableBytes > 0 { parts.append(.bytes(rest)) }
    }

    /// What goes out next; nil when there is nothing left.
    ///
    /// - Throws: `IOError` when a range cannot be read: the frame has begun then, and the
    ///   connection is lost.
    mutating func next() throws -> ByteBuffer? {
        switch parts.popFirst() {
        case nil: return nil
        case .bytes(let bytes)?: return bytes
        case .slice(let slice)?:
            let count = min(slice.count, Self.pieceBytes)
            var piece = ByteBuffer()
            try FrameOutput.append(
                FileSlice(owner: slice.owner, position: slice.position, count: count), to: &piece)
            if count < slice.count {
                parts.prepend(
                    .slice(
                        FileSlice(
                            owner: slice.owner, position: slice.position + count,
                            count: slice.count - count)))
            }
            return piece
        }
    }
}
