internal import Synchronization

/// Whether a log directory still takes writes. Shared by its logs and the flush threads; any
/// thread may ask or set it.
///
/// After a failed write or fsync nobody knows what is on the disk (Linux forgets the dirty pages),
/// so nothing is acknowledged any more until the next start has looked (Kafka's
/// LogDirFailureChannel).
public final class DirectoryHealth: Sendable {
    private let flag = Atomic<Bool>(false)
    private let cause = Mutex<LogError?>(nil)
    let path: String

    init(path: String) {
        self.path = path
    }

    public var isFailed: Bool { flag.load(ordering: .relaxed) }

    /// The first error that marked the directory failed.
    public var firstError: LogError? { cause.withLock { $0 } }

    func fail(_ error: LogError) {
        cause.withLock { if $0 == nil { $0 = error } }
        flag.store(true, ordering: .relaxed)
    }

    func check() throws(LogError) {
        if isFailed { throw .failed(path: path) }
    }
}
