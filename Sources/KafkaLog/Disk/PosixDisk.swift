internal import Platform

/// The operating system's files.
public struct PosixDisk: Disk {
    public init() {}

    public func open(_ path: String, _ mode: DiskOpenMode) throws(LogError) -> any DiskFile {
        try PosixFile(path: path, mode: mode)
    }

    public func fileSize(_ path: String) throws(LogError) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw .lastSystemError("stat", path)
        }
        return Int(status.st_size)
    }

    public func list(_ directory: String) throws(LogError) -> [DiskEntry] {
        guard let handle = opendir(directory) else { throw .lastSystemError("open", directory) }
        defer { closedir(handle) }
        var entries: [DiskEntry] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            var isDirectory = Int32(entry.pointee.d_type) == Int32(DT_DIR)
            if Int32(entry.pointee.d_type) == Int32(DT_UNKNOWN) {
                var status = stat()
                isDirectory =
                    lstat(directory + "/" + name, &status) == 0
                    && status.st_mode & S_IFMT == S_IFDIR
            }
            entries.append(DiskEntry(name: name, isDirectory: isDirectory))
        }
        return entries.sorted { $0.name < $1.name }
    }

    public func createDirectory(_ path: String) throws(LogError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, path != path.parentDirectory else {
            throw .lastSystemError("create directory", path)
        }
        try createDirectory(path.parentDirectory)
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw .lastSystemError("create directory", path)
        }
    }

    public func rename(_ path: String, to newPath: String) throws(LogError) {
        let result = Platform.rename(path, newPath)
        guard result == 0 else { throw .lastSystemError("rename", path) }
    }

    public func removeFile(_ path: String) throws(LogError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .lastSystemError("remove", path) }
    }

    public func removeDirectory(_ path: String) throws(LogError) {
        guard rmdir(path) == 0 || errno == ENOENT else { throw .lastSystemError("remove", path) }
    }

    public func syncDirectory(_ path: String) throws(LogError) {
        let handle = try PosixDescriptor(path, O_RDONLY | O_DIRECTORY)
        guard fsync(handle.value) == 0 else { throw .lastSyncError(path) }
    }

    public func lock(_ path: String) throws(LogError) -> (any DiskLock)? {
        let handle = try PosixDescriptor(path, O_RDWR | O_CREAT)
        guard flock(handle.value, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return nil }
            throw .lastSystemError("lock", path)
        }
        return PosixLock(handle)
    }
}

/// A file descriptor that closes itself.
struct PosixDescriptor: ~Copyable, Sendable {
    let value: Int32

    init(_ path: String, _ flags: Int32, permissions: mode_t = 0o644) throws(LogError) {
        value = Platform.open(path, flags | O_CLOEXEC, permissions)
        guard value >= 0 else { throw .lastSystemError("open", path) }
    }

    deinit { _ = close(value) }
}

/// A `flock` that ends with the descriptor.
private final class PosixLock: DiskLock {
    private let handle: PosixDescriptor

    init(_ handle: consuming PosixDescriptor) {
        self.handle = handle
    }
}
