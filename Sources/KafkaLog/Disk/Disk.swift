/// Files and directories as the log uses them. `PosixDisk` is the real one; the simulation puts a
/// faulty one in its place. Any thread may call; every call may block.
public protocol Disk: Sendable {
    /// - Throws: `LogError.io` with ENOENT where there is no file and `mode` does not make one.
    func open(_ path: String, _ mode: DiskOpenMode) throws(LogError) -> any DiskFile
    /// Size of a file in bytes; nil where there is none.
    func fileSize(_ path: String) throws(LogError) -> Int?
    /// Entries of a directory, sorted by name.
    func list(_ directory: String) throws(LogError) -> [DiskEntry]
    /// Makes a directory with those above it; no error where it exists.
    func createDirectory(_ path: String) throws(LogError)
    /// Replaces what has the new name. Durable after `syncDirectory`.
    func rename(_ path: String, to newPath: String) throws(LogError)
    /// No error where there is no such file.
    func removeFile(_ path: String) throws(LogError)
    /// The directory must be empty.
    func removeDirectory(_ path: String) throws(LogError)
    /// Makes what was created, renamed and removed in a directory durable.
    func syncDirectory(_ path: String) throws(LogError)
    /// Takes the lock of a lock file; nil while another owner has it. Released by the result's
    /// deinit.
    func lock(_ path: String) throws(LogError) -> (any DiskLock)?
}

/// How a file is opened.
public enum DiskOpenMode: Sendable {
    case read
    case readWrite
    /// For writing too, made when absent.
    case create
    /// The same; a new file is its owner's alone (mode 0600).
    case createPrivate
}

/// A name in a directory.
public struct DiskEntry: Sendable, Equatable {
    public var name: String
    public var isDirectory: Bool

    public init(name: String, isDirectory: Bool) {
        self.name = name
        self.isDirectory = isDirectory
    }
}

/// Holds a lock for as long as it lives.
public protocol DiskLock: AnyObject, Sendable {}
