import KafkaTransport
import Logging
import NIOCore

/// What bounds the groups of a coordinator beside the disk that their records take: clients that
/// join or commit under ever new names, or bring much, do not fill the memory. Kafka has no such
/// limits; they are far above what is in use anywhere.
///
/// Confined to the coordinator's event loop.
final class GroupLimits {
    /// Each takes about 1 KiB when it is empty.
    static let maxGroups = 1 << 16
    /// Each takes some 200 bytes and what the client puts beside it.
    static let maxOffsets = 1 << 20
    /// What the members of all classic groups tell, in bytes.
    static let maxMemberBytes = 32 << 20
    /// What one of them tells.
    static let maxBytesPerMember = maxMemberBytes / 8

    /// Of all members, as their groups count them.
    private(set) var memberBytes = 0
    private let limiter = LogLimiter()

    func add(memberBytes bytes: Int) { memberBytes += bytes }

    /// Whether a member may take so many bytes.
    ///
    /// - Parameter presentBytes: what it takes already; less is always possible.
    func hasRoom(forMemberBytes bytes: Int, presentBytes: Int) -> Bool {
        bytes <= presentBytes
            || (bytes <= GroupLimits.maxBytesPerMember
                && memberBytes - presentBytes + bytes <= GroupLimits.maxMemberBytes)
    }

    /// A line about what was refused, unless there were many within this second.
    func note(_ text: @autoclosure () -> String, _ logger: Logger) {
        guard limiter.admit(at: .now()) != nil else { return }
        logger.warning("\(text())")
    }
}
