internal import Platform

/// One source of `produce` while it is read: standard input, or a file, which it closes.
///
/// The reading thread's. Holds what was read and is not taken yet; `ProduceLoop` bounds that.
final class InputSource {
    let name: String
    /// Whether reading it never waits for somebody who writes.
    let isRegularFile: Bool
    /// Whether nothing follows what is `unread`.
    private(set) var isAtEnd = false
    /// How many records were taken.
    private(set) var takenRecords = 0
    private let reader: BlockReader
    private let ownsDescriptor: Bool
    /// Of a regular file; otherwise 0.
    private let fileBytes: Int64
    private var readBytes: Int64 = 0

    /// - Throws: `CommandFailure` for a file that cannot be opened.
    init(_ source: ProducePlan.Source, standardInput: Int32) throws(CommandFailure) {
        name = source.name
        var descriptor = standardInput
        switch source {
        case .standardInput: ownsDescriptor = false
        case .file(let path):
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .unreadable(path, errno) }
            ownsDescriptor = true
        }
        var status = stat()
        isRegularFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        fileBytes = isRegularFile ? Int64(status.st_size) : 0
        reader = BlockReader(descriptor: descriptor, maxBytes: .max)
    }

    deinit {
        if ownsDescriptor { close(reader.descriptor) }
    }

    var descriptor: Int32 { reader.descriptor }

    /// What was read and not taken; valid until the next `fill`.
    @inline(__always)
    var unread: UnsafeRawBufferPointer { reader.unread }

    /// Takes the record that `unread` begins with.
    @inline(__always)
    func takeRecord(bytes: Int) {
        reader.consume(bytes)
        takenRecords += 1
    }

    /// Lets go of bytes that are no record.
    func drop(bytes: Int) {
        reader.consume(bytes)
    }

    /// Reads once more.
    ///
    /// - Throws: `CommandFailure` when it cannot be read on.
    func fill() throws(CommandFailure) {
        let before = reader.unread.count
        switch reader.fill() {
        case .read: readBytes += Int64(reader.unread.count - before)
        // Nothing is too much for this reader, so it is never full.
        case .ended, .full: isAtEnd = true
        case .failed(let code): throw .unreadable(name, code)
        }
    }

    /// Its name and, of a file, how much of it was read: for people.
    var progress: String {
        fileBytes > 0 ? "\(name) \(min(100, readBytes * 100 / fileBytes))%" : name
    }
}

extension CommandFailure {
    fileprivate static func unreadable(_ name: String, _ code: Int32) -> CommandFailure {
        .failed("cannot read \(name): \(systemErrorText(code))")
    }
}
