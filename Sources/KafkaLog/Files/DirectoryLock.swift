/// Ownership of a log directory: the lock on its `.lock` file, kept for as long as this lives.
///
/// The kernel gives it back when the process ends in whatever way, so that the next one can take
/// the directory over.
public final class DirectoryLock: Sendable {
    public static let fileName = ".lock"

    public let directory: String
    private let lock: any DiskLock

    private init(directory: String, lock: any DiskLock) {
        self.directory = directory
        self.lock = lock
    }

    /// Tries to own a directory; makes the directory when it is absent. Does not wait.
    ///
    /// - Returns: nil while another owner has it.
    public static func tryAcquire(
        _ directory: String, disk: any Disk = PosixDisk()
    ) throws(LogError) -> DirectoryLock? {
        try disk.createDirectory(directory)
        guard let lock = try disk.lock(directory + "/" + fileName) else { return nil }
        return DirectoryLock(directory: directory, lock: lock)
    }
}
