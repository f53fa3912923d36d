internal import Synchronization

/// Room on the disk that is kept back in a file, so that a full disk can be brought out of it: what
/// makes room, such as a new log start or the deletion of a topic, has to be written down first.
///
/// One for a log directory. Any thread; every call blocks.
public final class DiskReserve: Sendable {
    static let name = ".reserve"
    public static let usualBytes = 256 << 10

    private let disk: any Disk
    private let path: String
    private let sizeBytes: Int
    /// Whether the file is there as a whole.
    private let isWhole: Mutex<Bool>

    init(disk: any Disk, directory: String, sizeBytes: Int) {
        self.disk = disk
        path = directory + "/" + DiskReserve.name
        self.sizeBytes = sizeBytes
        // The last owner's: a start may need it.
        isWhole = Mutex((try? disk.fileSize(path)) == sizeBytes)
    }

    /// Takes the room again, as far as there is any.
    public func restore() {
        isWhole.withLock { isWhole in
            guard !isWhole else { return }
            do throws(LogError) {
                if try disk.fileSize(path) != sizeBytes {
                    try disk.write([UInt8](repeating: 0, count: sizeBytes), to: path)
                }
                isWhole = true
            } catch {
                // What is left for others is more than half a reserve.
                try? disk.removeFile(path)
            }
        }
    }

    /// Gives the room up.
    ///
    /// - Returns: whether there was any.
    public func release() -> Bool {
        isWhole.withLock { isWhole in
            guard isWhole else { return false }
            isWhole = false
            return (try? disk.removeFile(path)) != nil
        }
    }

    /// Runs what has to be written even on a full disk: there it is tried again in the reserve.
    func spending<Value>(
        _ body: () throws(LogError) -> Value
    ) throws(LogError) -> Value {
        do throws(LogError) {
            return try body()
        } catch .noSpace(let path) {
            guard release() else { throw .noSpace(path: path) }
            return try body()
        }
    }
}
