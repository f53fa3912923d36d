internal import KafkaBase
internal import Platform

/// Why the log could not do what it was asked to.
public enum LogError: Error, Equatable, Sendable {
    /// A system call failed. A failed write or sync has also marked the directory failed; that a
    /// file could not be opened for want of descriptors or memory has not.
    case io(errno: Int32, operation: String, path: String)
    /// The disk (or the quota) is full. Nothing of the append stays; it may succeed once space is
    /// free again.
    case noSpace(path: String)
    /// A file does not hold what its format demands at that byte.
    case corrupt(path: String, position: Int, reason: String)
    /// No record of that offset: below the log start or above the log end (exclusive).
    case offsetOutOfRange(requested: Int64, start: Int64, end: Int64)
    /// An earlier write or sync of this log directory failed: nothing is appended any more.
    case failed(path: String)
    /// Another process owns the directory.
    case locked(path: String)
    /// The directory belongs to another cluster or node, or to a newer version.
    case notOurs(path: String, reason: String)
    /// The partition has a log already.
    case alreadyExists(path: String)
    /// The work on a partition's directory was given up: its caller wanted so, or the log had
    /// changed meanwhile.
    case cancelled(path: String)
    /// The batches do not continue what their producer has written. Nothing has changed.
    case refused(ProducerRefusal)
    /// The caller's batches do not fit the bytes they came with.
    case invalidAppend(reason: String)

    /// Whether the file or directory did not exist.
    public var isNotFound: Bool {
        if case .io(ENOENT, _, _) = self { true } else { false }
    }

    /// The error of a system call that has just failed, by `errno`.
    static func lastSystemError(_ operation: String, _ path: String) -> LogError {
        systemError(errno, operation, path)
    }

    /// The same of a sync. It is never mere lack of space: what it was to make durable is lost.
    static func lastSyncError(_ path: String) -> LogError {
        .io(errno: errno, operation: "sync", path: path)
    }

    /// Whether something was used up that may be free again later, and nothing is lost: the
    /// disk's space, or what it takes to open a file. The directory does not fail then.
    var isShortage: Bool {
        switch self {
        case .noSpace, .io(EMFILE, "open", _), .io(ENFILE, "open", _), .io(ENOMEM, "open", _): true
        default: false
        }
    }

    static func systemError(_ code: Int32, _ operation: String, _ path: String) -> LogError {
        code == ENOSPC || code == EDQUOT
            ? .noSpace(path: path) : .io(errno: code, operation: operation, path: path)
    }
}

extension LogError: CustomStringConvertible {
    /// One line, without a full stop.
    public var description: String {
        switch self {
        case .io(let code, let operation, let path):
            "\(path): \(operation): \(SystemError.text(of: code))"
        case .noSpace(let path): "\(path): no space left on the disk"
        case .corrupt(let path, let position, let reason): "\(path): byte \(position): \(reason)"
        case .offsetOutOfRange(let requested, let start, let end):
            "offset \(requested) is outside of \(start) to \(end)"
        case .failed(let path): "\(path): the directory failed earlier, it takes no more writes"
        case .locked(let path): "\(path): another process uses the directory"
        case .notOurs(let path, let reason): "\(path): \(reason)"
        case .alreadyExists(let path): "\(path): exists already"
        case .cancelled(let path): "\(path): given up"
        case .refused(let refusal): refusal.description
        case .invalidAppend(let reason): "invalid append: \(reason)"
        }
    }
}
