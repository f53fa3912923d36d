import KafkaBase
import NIOCore
import Platform

/// Brings a response into the parts that a channel writes: bytes in memory, and ranges of files
/// that leave with `sendfile`.
enum FrameOutput {
    /// Up to this size a range of a file is read into the response: a system call fewer than
    /// sending it by itself.
    static let inlineSliceBytes = 16 << 10

    /// Sets the frame's length and hands out its parts in order.
    ///
    /// - Parameters:
    ///   - write: takes a part, and a promise that it must complete for a range of a file.
    ///   - makePromise: makes such a promise.
    /// - Throws: `IOError` when a range cannot be read, or the frame's length not be told.
    static func forEachPart(
        of message: WireWriter, _ write: (IOData, EventLoopPromise<Void>?) -> Void,
        makePromise: () -> EventLoopPromise<Void>
    ) throws {
        var message = message
        try setLength(of: &message)
        guard !message.splices.isEmpty else {
            return write(.byteBuffer(message.buffer), nil)
        }
        var rest = message.buffer
        var pending = ByteBuffer()
        var offset = 0
        for splice in message.splices {
            if var bytes = rest.readSlice(length: splice.offset - offset) {
                pending.writeBuffer(&bytes)
            }
            offset = splice.offset
            if splice.slice.count <= inlineSliceBytes {
                try append(splice.slice, to: &pending)
            } else {
                try check(splice.slice)
                write(.byteBuffer(pending), nil)
                pending = ByteBuffer()
                let promise = makePromise()
                write(.fileRegion(region(of: splice.slice, until: promise.futureResult)), promise)
            }
        }
        pending.writeBuffer(&rest)
        if pending.readableBytes > 0 { write(.byteBuffer(pending), nil) }
    }

    /// Writes a frame's length into the bytes that were left free for it.
    static func setLength(of message: inout WireWriter) throws {
        let lengthBytes = ServerReply.lengthPrefixBytes
        guard let length = Int32(exactly: message.count - lengthBytes) else {
            throw IOError(errnoCode: EMSGSIZE, reason: "a response above 2 GiB")
        }
        message.setInteger(length, at: message.buffer.readerIndex)
    }

    /// Reads a range of a file behind what the buffer holds.
    static func append(_ slice: FileSlice, to buffer: inout ByteBuffer) throws {
        buffer.reserveCapacity(minimumWritableBytes: slice.count)
        var done = 0
        while done < slice.count {
            let missing = slice.count - done
            var failure: Int32 = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) { room in
                let count = pread(
                    slice.owner.fileDescriptor, room.baseAddress!, missing,
                    off_t(slice.position + done))
                // No bytes: the file is shorter than the log says.
                failure = count < 0 ? errno : count == 0 ? EIO : 0
                done += max(0, count)
                return max(0, count)
            }
            guard failure == 0 || failure == EINTR else {
                throw IOError(errnoCode: failure, reason: "read of a segment")
            }
        }
    }

    /// Of a file that was cut from outside `sendfile` sends nothing, for ever.
    private static func check(_ slice: FileSlice) throws {
        var status = stat()
        let result = fstat(slice.owner.fileDescriptor, &status)
        guard result == 0, Int(status.st_size) >= slice.position + slice.count else {
            throw IOError(errnoCode: result == 0 ? EIO : errno, reason: "size of a segment")
        }
    }

    /// A range of a file whose descriptor stays its owner's, who lives until `end`.
    private static func region(
        of slice: FileSlice, until end: EventLoopFuture<Void>
    ) -> FileRegion {
        let handle = NIOFileHandle(
            _deprecatedTakingOwnershipOfDescriptor: slice.owner.fileDescriptor)
        let owner = slice.owner
        end.whenComplete { _ in
            // The handle must not close what it was only lent.
            _ = try? handle.takeDescriptorOwnership()
            withExtendedLifetime(owner) {}
        }
        return FileRegion(
            fileHandle: handle, readerIndex: slice.position,
            endIndex: slice.position + slice.count)
    }
}
