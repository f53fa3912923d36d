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
    private let onFailure: @Sendable (LogError) -> Void
    let path: String

    /// - Parameter onFailure: told of the first error, on the thread that had it.
    init(path: String, onFailure: @escaping @Sendable (LogError) -> Void = { _ in }) {
        self.path = path
        self.onFailure = onFailure
    }

    public var isFailed: Bool { flag.load(ordering: .relaxed) }

    /// The first error that marked the directory failed.
    public var firstError: LogError? { cause.withLock { $0 } }

    func fail(_ error: LogError) {
        let isFirst = cause.withLock { cause in
            defer { cause = cause ?? error }
            return cause == nil
        }
        flag.store(true, ordering: .relaxed)
        if isFirst { onFailure(error) }
    }

    func check() throws(LogError) {
        if isFailed { throw .failed(path: path) }
    }
}
