public import NIOCore

/// Cuts the protocol's frames (a length of four bytes, then so many bytes) out of what a socket
/// delivers.
///
/// A frame that arrives within one read is a slice of that read's buffer. A frame that spans reads
/// is gathered in a buffer reserved once for its whole length, so no byte is copied more than once.
/// The bytes of a read stay alive for as long as a frame cut out of it does.
///
/// A value of its connection, used on that connection's event loop alone. Bounded by
/// `maxFrameBytes`, which a length is checked against before anything is reserved.
public struct FrameAssembler: Sendable {
    /// Largest frame accepted, in bytes without its length prefix.
    public var maxFrameBytes: Int

    /// What has been read and not been cut yet.
    private var input = ByteBuffer()
    /// The length prefix as far as it has arrived.
    private var prefix: UInt32 = 0
    private var prefixByteCount = 0
    /// Body of a frame that spans reads; `missingByteCount` bytes of it are still to come.
    private var partial: ByteBuffer?
    private var missingByteCount = 0

    /// - Parameter maxFrameBytes: the default is that of Kafka's `socket.request.max.bytes`.
    public init(maxFrameBytes: Int = 100 << 20) {
        self.maxFrameBytes = maxFrameBytes
    }

    /// Bytes held for frames that are not complete.
    public var bufferedByteCount: Int {
        input.readableBytes + prefixByteCount + (partial?.readableBytes ?? 0)
    }

    /// Takes what one read delivered. Take out the frames before the next call: what is left then
    /// is copied together.
    public mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        if missingByteCount > 0,
            var slice = bytes.readSlice(
                length: min(missingByteCount, bytes.readableBytes))
        {
            missingByteCount -= slice.readableBytes
            partial?.writeBuffer(&slice)
        }
        if input.readableBytes == 0 {
            input = bytes
        } else if bytes.readableBytes > 0 {
            input.writeBuffer(&bytes)
        }
    }

    /// Length of the frame that `nextFrame` gives next, once it is known: its bytes may still be on
    /// their way, and nothing has been reserved for them unless `nextFrame` has been asked.
    ///
    /// - Throws: `FrameError`, as `nextFrame` does.
    public mutating func announcedFrameByteCount() throws(FrameError) -> Int? {
        if let partial { return partial.readableBytes + missingByteCount }
        return try readLength()
    }

    /// Bytes of the frame that `announcedFrameByteCount` tells of that are there; more when others
    /// are behind it.
    var arrivedByteCount: Int { partial?.readableBytes ?? input.readableBytes }

    /// The next complete frame without its length prefix, or nil until more bytes arrive.
    ///
    /// - Throws: `FrameError` for a length that is negative or above the limit; the connection is
    ///   lost then, since where the next frame begins is unknown.
    public mutating func nextFrame() throws(FrameError) -> ByteBuffer? {
        if let frame = partial {
            guard missingByteCount == 0 else { return nil }
            partial = nil
            return frame
        }
        guard let length = try readLength() else { return nil }
        prefix = 0
        prefixByteCount = 0
        if let frame = input.readSlice(length: length) { return frame }

        var frame = ByteBuffer()
        frame.reserveCapacity(length)
        missingByteCount = length - input.readableBytes
        frame.writeBuffer(&input)
        input = ByteBuffer()
        partial = frame
        return nil
    }

    private mutating func readLength() throws(FrameError) -> Int? {
        if prefixByteCount == 0, let whole = input.readInteger(as: UInt32.self) {
            prefix = whole
            prefixByteCount = 4
        }
        while prefixByteCount < 4 {
            guard let byte = input.readInteger(as: UInt8.self) else { return nil }
            prefix = prefix << 8 | UInt32(byte)
            prefixByteCount += 1
        }
        let length = Int(Int32(bitPattern: prefix))
        guard length >= 0 else { throw .negativeLength(length) }
        guard length <= maxFrameBytes else { throw .tooLarge(length, limit: maxFrameBytes) }
        return length
    }
}

/// Why a byte stream cannot be cut into frames.
public enum FrameError: Error, Equatable, Sendable, CustomStringConvertible {
    case negativeLength(Int)
    /// Bytes that the frame announced, and the most that is accepted.
    case tooLarge(Int, limit: Int)

    public var description: String {
        switch self {
        case .negativeLength(let length): "frame of negative length \(length)"
        case .tooLarge(let length, let limit):
            "frame of \(length) bytes, above the \(limit) allowed"
        }
    }
}
