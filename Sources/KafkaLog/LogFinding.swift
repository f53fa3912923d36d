/// Something that loading a log directory found and put right, said once.
public struct LogFinding: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// Bytes from `position` on were cut off the file.
        case truncated
        /// A whole file went, for it lay behind a truncation or belonged to nothing.
        case deleted
        /// An index did not fit its log and was made again.
        case rebuilt
        /// Segments were scanned after an unclean stop; `bytes` is how much.
        case recovered
        /// Bytes from `position` on are no good, but are left as they are, for they were known to
        /// be durable: readers get as far as there.
        case damaged
        /// Left alone: the name or content is none that can be loaded.
        case ignored
    }

    public var kind: Kind
    public var path: String
    /// Position of the first byte concerned.
    public var position: Int
    /// Number of bytes concerned.
    public var bytes: Int
    public var reason: String

    public init(kind: Kind, path: String, position: Int = 0, bytes: Int = 0, reason: String) {
        self.kind = kind
        self.path = path
        self.position = position
        self.bytes = bytes
        self.reason = reason
    }
}

extension LogFinding: CustomStringConvertible {
    /// One line, without a full stop.
    public var description: String {
        switch kind {
        case .truncated: "\(path): cut at byte \(position), \(bytes) bytes gone: \(reason)"
        case .deleted: "\(path): deleted, \(bytes) bytes: \(reason)"
        case .rebuilt: "\(path): rebuilt, \(bytes) bytes: \(reason)"
        case .recovered: "\(path): scanned \(bytes) bytes: \(reason)"
        case .damaged: "\(path): damaged at byte \(position), \(bytes) bytes follow: \(reason)"
        case .ignored: "\(path): ignored: \(reason)"
        }
    }
}
