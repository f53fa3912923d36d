import KafkaBase
import KafkaWire
import NIOCore

@testable import KafkaClient

/// A coordinator of one group for simulations: enough of the classic protocol and of KIP-848 for
/// members that come, go and lose their connections. Time is in ms; answers come back through
/// `replies`.
protocol FakeGroup {
    /// What was answered since the last look, by the request's number.
    var replies: [(request: Int, response: MembershipResponse)] { get set }
    mutating func handle(_ request: MembershipRequest, number: Int, now: Int)
    /// Lets members time out.
    mutating func tick(now: Int)
    /// Whether a commit of this member would be accepted.
    func accepts(_ member: ConsumerGroupMetadata) -> Bool
    /// Whether every member knows the last generation.
    var isStable: Bool { get }
}

struct FakeClassicGroup: FakeGroup {
    private struct Member {
        var protocols: [JoinGroupRequest.JoinGroupRequestProtocol]
        var sessionMs: Int
        var rebalanceMs: Int
        var deadline: Int
        var joining: Int?
        var syncing: Int?
        var assignment = ByteBuffer()
    }

    private enum Phase {
        case empty
        case preparing(until: Int)
        case completing
        case stable
    }

    var replies: [(request: Int, response: MembershipResponse)] = []
    private var members: [String: Member] = [:]
    private var pending: Set<String> = []
    private var phase = Phase.empty
    private(set) var generation: Int32 = 0
    private var leader = ""
    private var lastID = 0

    var isStable: Bool {
        if case .stable = phase { return members.values.allSatisfy { $0.syncing == nil } }
        return members.isEmpty
    }

    func accepts(_ member: ConsumerGroupMetadata) -> Bool {
        if case .completing = phase { return false }
        return members[member.memberID] != nil && member.generation == generation
    }

    mutating func handle(_ request: MembershipRequest, number: Int, now: Int) {
        switch request {
        case .join(let request): join(request, number, now)
        case .sync(let request): sync(request, number, now)
        case .heartbeat(let request):
            var response = HeartbeatResponse()
            response.errorCode = code(request.memberId, request.generationId)
            if response.errorCode == .none {
                touch(request.memberId, now)
                if case .preparing = phase { response.errorCode = .rebalanceInProgress }
            }
            replies.append((number, .heartbeat(response)))
        case .leave(let id): remove(id, now)
        case .consumerHeartbeat: break
        }
    }

    private mutating func touch(_ id: String, _ now: Int) {
        guard let member = members[id] else { return }
        members[id]?.deadline = now + member.sessionMs
    }

    private func code(_ id: String, _ generation: Int32) -> ErrorCode {
        if members[id] == nil { return .unknownMemberId }
        return generation == self.generation ? .none : .illegalGeneration
    }

    private mutating func join(_ request: JoinGroupRequest, _ number: Int, _ now: Int) {
        var id = request.memberId
        if id.isEmpty {
            lastID += 1
            id = "member-\(lastID)"
            pending.insert(id)
            var response = JoinGroupResponse()
            response.errorCode = .memberIdRequired
            response.memberId = id
            replies.append((number, .join(response)))
            return
        }
        guard members[id] != nil || pending.remove(id) != nil else {
            var response = JoinGroupResponse()
            response.errorCode = .unknownMemberId
            replies.append((number, .join(response)))
            return
        }
        var member =
            members[id]
            ?? Member(protocols: [], sessionMs: 0, rebalanceMs: 0, deadline: 0)
        member.protocols = request.protocols
        member.sessionMs = Int(request.sessionTimeoutMs)
        member.rebalanceMs = Int(request.rebalanceTimeoutMs)
        member.deadline = now + member.sessionMs
        member.joining = number
        members[id] = member
        prepare(now)
        complete(now)
    }

    private mutating func prepare(_ now: Int) {
        if case .preparing = phase { return }
        for (id, member) in members {
            guard let number = member.syncing else { continue }
            var response = SyncGroupResponse()
            response.errorCode = .rebalanceInProgress
            replies.append((number, .sync(response)))
            members[id]?.syncing = nil
        }
        phase = .preparing(until: now + (members.values.map(\.rebalanceMs).max() ?? 0))
    }

    /// Ends the gathering when all are there, or the time is up.
    private mutating func complete(_ now: Int) {
        guard case .preparing(let end) = phase else { return }
        if now >= end { members = members.filter { $0.value.joining != nil } }
        guard members.values.allSatisfy({ $0.joining != nil }) else { return }
        guard let first = members.keys.min() else {
            phase = .empty
            return
        }
        generation += 1
        if members[leader] == nil { leader = first }
        phase = .completing
        let offered = members.values.map { Set($0.protocols.map(\.name)) }
        let common = offered.reduce(offered[0]) { $0.intersection($1) }
        let chosen = members[leader]?.protocols.first { common.contains($0.name) }?.name ?? ""
        for (id, member) in members {
            var response = JoinGroupResponse()
            response.generationId = generation
            response.protocolName = chosen
            response.leader = leader
            response.memberId = id
            if id == leader {
                response.members = members.sorted { $0.key < $1.key }.map { id, member in
                    var entry = JoinGroupResponse.JoinGroupResponseMember()
                    entry.memberId = id
                    entry.metadata =
                        member.protocols.first { $0.name == chosen }?.metadata ?? ByteBuffer()
                    return entry
                }
            }
            if let number = member.joining { replies.append((number, .join(response))) }
            members[id]?.joining = nil
            members[id]?.assignment = ByteBuffer()
            touch(id, now)
        }
    }

    private mutating func sync(_ request: SyncGroupRequest, _ number: Int, _ now: Int) {
        var response = SyncGroupResponse()
        response.errorCode = code(request.memberId, request.generationId)
        if response.errorCode == .none, case .preparing = phase {
            response.errorCode = .rebalanceInProgress
        }
        guard response.errorCode == .none else {
            replies.append((number, .sync(response)))
            return
        }
        touch(request.memberId, now)
        members[request.memberId]?.syncing = number
        if request.memberId == leader, case .completing = phase {
            for entry in request.assignments {
                members[entry.memberId]?.assignment = entry.assignment
            }
            phase = .stable
        }
        guard case .stable = phase else { return }
        for (id, member) in members {
            guard let number = member.syncing else { continue }
            var response = SyncGroupResponse()
            response.assignment = member.assignment
            replies.append((number, .sync(response)))
            members[id]?.syncing = nil
            touch(id, now)
        }
    }

    private mutating func remove(_ id: String, _ now: Int) {
        guard members.removeValue(forKey: id) != nil else { return }
        prepare(now)
        complete(now)
    }

    mutating func tick(now: Int) {
        // Who waits for an answer counts as alive.
        for (id, member) in members
        where member.joining == nil && member.syncing == nil && member.deadline <= now {
            remove(id, now)
        }
        complete(now)
    }
}
