import KafkaWire
import NIOCore

/// A member of a group of the classic protocol: what it told when it joined, what it was assigned,
/// and which of its requests waits.
///
/// Confined to the coordinator's event loop; its group changes it.
final class ClassicMember {
    typealias JoinReply = @Sendable (JoinGroupResponse) -> Void
    typealias SyncReply = @Sendable (SyncGroupResponse) -> Void

    /// A way to assign partitions that the member knows, with what it tells whoever assigns.
    struct AssignmentProtocol: Sendable, Equatable {
        var name: String
        var metadata: ByteBuffer
    }

    /// What a JoinGroup request may change of a member.
    struct Terms: Sendable, Equatable {
        var rebalanceTimeoutMs: Int32
        var sessionTimeoutMs: Int32
        /// The preferred one first.
        var protocols: [AssignmentProtocol]

        /// In memory, about.
        var sizeBytes: Int {
            protocols.reduce(0) {
                $0 + MemoryLayout<AssignmentProtocol>.size + $1.name.utf8.count
                    + $1.metadata.readableBytes
            }
        }
    }

    /// What a member takes beside its terms, in bytes, about: names, closures, deadlines.
    static let overheadBytes = 1024

    let id: String
    /// Of a static member (KIP-345).
    let instanceID: String?
    let client: GroupClient
    /// By which members are ordered: the first to come leads.
    let number: Int
    var terms: Terms
    var assignment = ByteBuffer()
    /// It waits for the rebalance to gather its members.
    var joinReply: JoinReply?
    /// It waits for the leader's assignment.
    var syncReply: SyncReply?
    /// It has not heard yet that it is a member, so it sends no heartbeats.
    var isNew = false

    init(id: String, instanceID: String?, client: GroupClient, number: Int, terms: Terms) {
        self.id = id
        self.instanceID = instanceID
        self.client = client
        self.number = number
        self.terms = terms
    }

    var isStatic: Bool { instanceID != nil }
    var isAwaitingJoin: Bool { joinReply != nil }
    var isAwaitingSync: Bool { syncReply != nil }

    /// Whether the coordinator owes it an answer, so that its silence means nothing. A new member
    /// can go while it joins: the client may have gone and come again under another id.
    var isExcused: Bool { !isNew && (isAwaitingJoin || isAwaitingSync) }

    /// What it tells those that assign under a protocol; nil for one that it does not know.
    func metadata(for name: String?) -> ByteBuffer? {
        terms.protocols.first { $0.name == name }?.metadata
    }

    /// Its favourite of the candidates.
    func vote(_ candidates: Set<String>) -> String? {
        terms.protocols.first { candidates.contains($0.name) }?.name
    }
}

extension ClassicMember.Terms {
    /// Version 0 has no rebalance timeout: the session timeout stands for it.
    init(_ request: JoinGroupRequest, version: Int16) {
        sessionTimeoutMs = request.sessionTimeoutMs
        rebalanceTimeoutMs = version == 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs
        // Slices would keep the frames that they came in.
        protocols = request.protocols.map {
            .init(name: $0.name, metadata: ByteBuffer(buffer: $0.metadata))
        }
    }
}
