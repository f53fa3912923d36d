internal import Platform

/// An open file of the operating system.
final class PosixFile: DiskFile {
    let path: String
    private let descriptor: PosixDescriptor
    /// What one `pwritev` takes at most.
    private static let partsPerCall = 1024

    init(path: String, mode: DiskOpenMode) throws(LogError) {
        self.path = path
        switch mode {
        // Not to wait for who writes into a pipe of that name.
        case .read: descriptor = try PosixDescriptor(path, O_RDONLY | O_NONBLOCK)
        case .readWrite: descriptor = try PosixDescriptor(path, O_RDWR)
        case .create: descriptor = try PosixDescriptor(path, O_RDWR | O_CREAT)
        case .createPrivate:
            descriptor = try PosixDescriptor(path, O_RDWR | O_CREAT, permissions: 0o600)
        }
        if mode == .read { try PosixFile.checkIsFile(descriptor.value, path) }
    }

    var fileDescriptor: Int32 { descriptor.value }

    /// Reads at positions make sense in files alone: pipes and devices are none of a log's.
    private static func checkIsFile(_ descriptor: Int32, _ path: String) throws(LogError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .lastSystemError("stat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .notOurs(path: path, reason: "not a regular file")
        }
    }

    func size() throws(LogError) -> Int {
        var status = stat()
        guard fstat(descriptor.value, &status) == 0 else { throw .lastSystemError("stat", path) }
        return Int(status.st_size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(LogError) -> Int
    {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = pread(
                descriptor.value, base + done, buffer.count - done, off_t(position + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw .lastSystemError("read", path)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    func write(
        _ parts: UnsafeBufferPointer<UnsafeRawBufferPointer>, at position: Int
    ) throws(LogError) {
        var next = parts[...]
        var position = position
        while !next.isEmpty {
            let group = next.prefix(PosixFile.partsPerCall)
            try writeGroup(group, at: position)
            for part in group { position += part.count }
            next = next.dropFirst(group.count)
        }
    }

    private func writeGroup(
        _ parts: Slice<UnsafeBufferPointer<UnsafeRawBufferPointer>>, at position: Int
    ) throws(LogError) {
        try withUnsafeTemporaryAllocation(of: iovec.self, capacity: parts.count) {
            (vectors) throws(LogError) in
            for (index, part) in parts.enumerated() {
                let base = UnsafeMutableRawPointer(mutating: part.baseAddress)
                vectors.initializeElement(
                    at: index, to: iovec(iov_base: base, iov_len: numericCast(part.count)))
            }
            try writeAll(vectors, at: position)
        }
    }

    /// Goes on behind what a short write has taken.
    private func writeAll(
        _ vectors: UnsafeMutableBufferPointer<iovec>, at position: Int
    ) throws(LogError) {
        var position = position
        var first = 0
        while first < vectors.count {
            let rest = UnsafeMutableBufferPointer(rebasing: vectors[first...])
            var written = pwritev(
                descriptor.value, rest.baseAddress, Int32(rest.count), off_t(position))
            if written < 0 {
                if errno == EINTR { continue }
                throw .lastSystemError("write", path)
            }
            position += written
            while first < vectors.count, written >= vectors[first].iov_len {
                written -= Int(vectors[first].iov_len)
                first += 1
            }
            if written > 0 {
                vectors[first].iov_base += written
                vectors[first].iov_len -= numericCast(written)
            }
        }
    }

    func truncate(to sizeBytes: Int) throws(LogError) {
        guard ftruncate(descriptor.value, off_t(sizeBytes)) == 0 else {
            throw .lastSystemError("truncate", path)
        }
    }

    func sync() throws(LogError) {
        #if canImport(Darwin)
            guard fsync(descriptor.value) == 0 else { throw .lastSyncError(path) }
        #else
            guard fdatasync(descriptor.value) == 0 else { throw .lastSyncError(path) }
        #endif
    }
}
