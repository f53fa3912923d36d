internal import Platform

/// Why standard output took no more.
enum OutputError: Error, Equatable, Sendable {
    /// The reader went away (`| head`): the command ends silently and is done.
    case readerGone
    case io(errno: Int32)
}

/// One large buffer in front of a file descriptor.
///
/// Appending never throws: a failed write is remembered, what follows is dropped, and `flush` or
/// `check` reports it. So the loops that fill it need no error path per byte. One owner at a time;
/// holds `capacityBytes` at most, except for a single longer piece, which is written past it.
final class OutputBuffer: @unchecked Sendable {
    static let defaultCapacityBytes = 256 << 10
    private static let smallestCapacityBytes = 64
    /// What an unprivileged process may ask for.
    private static let pipeBytes = 1 << 20

    let descriptor: Int32
    let capacityBytes: Int
    private let base: UnsafeMutableRawPointer
    private var count = 0
    /// The first failed write.
    private(set) var failure: OutputError?

    init(descriptor: Int32, capacityBytes: Int = OutputBuffer.defaultCapacityBytes) {
        self.descriptor = descriptor
        self.capacityBytes = max(capacityBytes, OutputBuffer.smallestCapacityBytes)
        base = UnsafeMutableRawPointer.allocate(byteCount: self.capacityBytes, alignment: 16)
    }

    deinit {
        base.deallocate()
    }

    /// Bytes that wait to be written.
    var bufferedBytes: Int { count }

    /// What waits to be written; valid until more is appended.
    var buffered: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    @inline(__always)
    func append(_ byte: UInt8) {
        if count == capacityBytes { drain() }
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, bytes.count <= capacityBytes - count else {
            return appendSlowly(bytes)
        }
        (base + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    /// A piece and one byte behind it: the usual record and its newline.
    @inline(__always)
    func append(_ bytes: UnsafeRawBufferPointer, then byte: UInt8) {
        append(bytes)
        append(byte)
    }

    @inline(__always)
    func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// A number in decimal.
    func append(decimal value: Int64) {
        write(atMost: TextCursor.decimalMax) { $0.put(decimal: value) }
    }

    /// Lets `body` write up to `byteCount` bytes, without a check for each piece.
    ///
    /// - Parameter byteCount: what the buffer holds at most.
    @inline(__always)
    func write(atMost byteCount: Int, _ body: (inout TextCursor) -> Void) {
        precondition(byteCount <= capacityBytes)
        if byteCount > capacityBytes - count { drain() }
        var cursor = TextCursor(base + count)
        body(&cursor)
        count = cursor.address - base
    }

    /// Lets a pipe hold more than the usual 64 KiB, so that writer and reader wake each other less
    /// often. Where it is none, or may not grow, nothing happens.
    func widenPipe() {
        #if os(Linux)
            // F_SETPIPE_SZ, which the module map of Glibc leaves out.
            _ = fcntl(descriptor, 1031, Int32(OutputBuffer.pipeBytes))
        #endif
    }

    /// Writes what waits.
    ///
    /// - Throws: the first failure there ever was.
    func flush() throws(OutputError) {
        drain()
        try check()
    }

    /// - Throws: the first failure there ever was.
    func check() throws(OutputError) {
        if let failure { throw failure }
    }

    private func appendSlowly(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        drain()
        guard bytes.count >= capacityBytes else { return append(bytes) }
        write(bytes)
    }

    private func drain() {
        let waiting = count
        count = 0
        write(UnsafeRawBufferPointer(start: base, count: waiting))
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil, var cursor = bytes.baseAddress else { return }
        let end = cursor + bytes.count
        while cursor < end {
            let written = Platform.write(descriptor, cursor, end - cursor)
            if written >= 0 {
                cursor += written
                continue
            }
            switch errno {
            case EINTR: continue
            // Somebody else made the descriptor non-blocking; this program waits anyway.
            case EAGAIN: waitUntilWritable()
            case EPIPE:
                failure = .readerGone
                return
            default:
                failure = .io(errno: errno)
                return
            }
        }
    }

    private func waitUntilWritable() {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
    }
}
