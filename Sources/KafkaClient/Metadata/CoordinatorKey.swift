/// Whose coordinator is meant: a consumer group's, or a transactional id's.
public enum CoordinatorKey: Sendable, Hashable {
    case group(String)
    case transactionalID(String)

    /// The group's or the transactional id.
    var id: String {
        switch self {
        case .group(let id), .transactionalID(let id): id
        }
    }

    /// Its number in FindCoordinator.
    var type: Int8 {
        switch self {
        case .group: 0
        case .transactionalID: 1
        }
    }
}

extension CoordinatorKey: CustomStringConvertible {
    /// `group billing`, `transactional id invoices-0`
    public var description: String {
        switch self {
        case .group(let id): "group \(id)"
        case .transactionalID(let id): "transactional id \(id)"
        }
    }
}
