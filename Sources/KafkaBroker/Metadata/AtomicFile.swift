#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A small file that is replaced as a whole: after a crash it holds the old bytes or the new ones.
/// Every call blocks.
struct AtomicFile: Sendable {
    let path: String
    /// Larger files are refused: nothing that is written here comes near.
    static let maxSizeBytes = 256 << 20

    /// The file's bytes, nil when there is no such file.
    func load() throws(MetadataStoreError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw failure("open") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("read") }
        guard status.st_size <= AtomicFile.maxSizeBytes else { throw failure("read", EFBIG) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress! + filled, $0.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes[..<filled])
    }

    /// Writes a file beside it, makes it durable, renames it into place, makes that durable.
    func replace(with bytes: [UInt8]) throws(MetadataStoreError) {
        let temporary = path + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create") }
        do throws(MetadataStoreError) {
            try writeAll(bytes, to: descriptor)
            guard fsync(descriptor) == 0 else { throw failure("flush") }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else { throw failure("replace") }
        try syncDirectory()
    }

    private func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(MetadataStoreError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            written += count
        }
    }

    private func syncDirectory() throws(MetadataStoreError) {
        let end = path.lastIndex(of: "/")
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open the directory of") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("flush the directory of") }
    }

    private func failure(_ operation: String, _ code: Int32? = nil) -> MetadataStoreError {
        .storage(errno: code ?? errno, operation: operation, path: path)
    }
}

extension MetadataStoreError {
    /// The disk, or the quota, is full.
    var isNoSpace: Bool {
        guard case .storage(let code, _, _) = self else { return false }
        return code == ENOSPC || code == EDQUOT
    }
}

/// The system's text for an `errno`.
enum SystemMessage {
    static func text(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
