import KafkaBase
import KafkaWire

/// A group of the classic protocol (Kafka's `ClassicGroup`): its members, and where it stands
/// between two rebalances.
///
/// Confined to its coordinator's event loop. It keeps its members and their counts right; when to
/// rebalance, and what is written, is the coordinator's to say. Bounded by `group.max.size`.
final class ClassicGroup {
    enum State: String, Sendable, CaseIterable {
        case empty = "Empty"
        /// Members are to join again.
        case preparingRebalance = "PreparingRebalance"
        /// The leader is to assign.
        case completingRebalance = "CompletingRebalance"
        case stable = "Stable"
        /// There is no such group.
        case dead = "Dead"

        fileprivate var predecessors: Set<State> {
            switch self {
            case .empty: [.preparingRebalance]
            case .preparingRebalance: [.stable, .completingRebalance, .empty]
            case .completingRebalance: [.preparingRebalance]
            case .stable: [.completingRebalance]
            case .dead: []
            }
        }
    }

    /// How long a rebalance waits for members.
    enum JoinWait: Equatable {
        case rebalanceTimeout
        /// The first one of a group is put off while new members come, up to the rebalance timeout.
        case initial(delayMs: Int64, remainingMs: Int64)
    }

    let id: String
    private(set) var state: State
    private(set) var previousState = State.dead
    /// When it came into this state, ms since 1970; nil where its record does not tell.
    private(set) var stateTimestampMs: Int64?
    private(set) var protocolType: String?
    /// The protocol that this generation's assignment was made by.
    var protocolName: String?
    private(set) var generation: Int32 = 0
    var leaderID: String?
    /// Of all members under this generation's protocol; nil where they are not known.
    private(set) var subscribedTopics: Set<String>?
    private(set) var members: [String: ClassicMember] = [:]
    /// By instance id.
    private var staticMembers: [String: String] = [:]
    /// They were given an id and are to come again with it (KIP-394).
    private(set) var pendingMembers: Set<String> = []
    /// They have not asked for their assignment yet.
    private(set) var pendingSyncs: Set<String> = []
    private(set) var awaitingJoinCount = 0
    /// How many members know each protocol.
    private(set) var protocolCounts: [String: Int] = [:]
    private var nextNumber = 0
    private let limits: GroupLimits
    /// What the members take, as the limits know it.
    private var memberBytes = 0 {
        didSet { limits.add(memberBytes: memberBytes - oldValue) }
    }

    var joinWait = JoinWait.rebalanceTimeout
    /// Somebody has joined since the initial rebalance was last put off.
    var hasNewMember = false
    /// Why the rebalance under way was begun.
    var rebalanceReason = ""
    /// Who waits for the record that says that the group is empty; nil while none is on its way.
    var whenStored: [@Sendable () -> Void]?

    init(id: String, nowMs: Int64, limits: GroupLimits) {
        self.id = id
        self.limits = limits
        state = .empty
        stateTimestampMs = nowMs
    }

    /// As its record tells of it.
    init(id: String, _ value: GroupMetadataValue, limits: GroupLimits) {
        self.id = id
        self.limits = limits
        state = value.members.isEmpty ? .empty : .stable
        stateTimestampMs = value.currentStateTimestamp < 0 ? nil : value.currentStateTimestamp
        protocolType = value.protocolType.isEmpty ? nil : value.protocolType
        protocolName = value.protocol
        generation = value.generation
        leaderID = value.leader
        for member in value.members { restore(member) }
        subscribedTopics = findSubscribedTopics()
    }

    deinit { limits.add(memberBytes: -memberBytes) }

    // MARK: States

    func move(to state: State, nowMs: Int64) {
        precondition(state.predecessors.contains(self.state), "\(id): \(self.state) to \(state)")
        previousState = self.state
        self.state = state
        stateTimestampMs = nowMs
    }

    var canRebalance: Bool { State.preparingRebalance.predecessors.contains(state) }

    /// Whether all that are expected wait for the rebalance.
    var hasAllJoined: Bool { members.count == awaitingJoinCount && pendingMembers.isEmpty }

    /// The longest that a member asks for.
    var rebalanceTimeoutMs: Int64 {
        Int64(members.values.lazy.map(\.terms.rebalanceTimeoutMs).max() ?? 0)
    }

    /// Begins the next generation with the members that there are.
    func beginGeneration(nowMs: Int64) {
        generation &+= 1
        protocolName = members.isEmpty ? nil : selectProtocol()
        subscribedTopics = findSubscribedTopics()
        move(to: members.isEmpty ? .empty : .completingRebalance, nowMs: nowMs)
        pendingSyncs.removeAll()
    }

    // MARK: Members

    /// In the order in which they came.
    var orderedMembers: [ClassicMember] { members.values.sorted { $0.number < $1.number } }

    func isLeader(_ memberID: String) -> Bool { leaderID == memberID }

    func staticMemberID(_ instanceID: String) -> String? { staticMembers[instanceID] }

    /// Adds a member that waits for the rebalance.
    @discardableResult
    func add(
        _ memberID: String, instanceID: String?, client: GroupClient, protocolType: String,
        terms: ClassicMember.Terms, joinReply: ClassicMember.JoinReply?
    ) -> ClassicMember {
        let member = ClassicMember(
            id: memberID, instanceID: instanceID, client: client, number: nextNumber, terms: terms)
        nextNumber += 1
        if members.isEmpty { self.protocolType = protocolType }
        if let instanceID { staticMembers[instanceID] = memberID }
        if leaderID == nil { leaderID = memberID }
        members[memberID] = member
        count(member, by: 1)
        setJoinReply(member, joinReply)
        stopExpecting(pending: memberID)
        return member
    }

    private func restore(_ value: GroupMetadataValue.MemberMetadata) {
        let timeoutMs = value.rebalanceTimeout < 0 ? value.sessionTimeout : value.rebalanceTimeout
        let member = add(
            value.memberId, instanceID: value.groupInstanceId,
            client: GroupClient(id: value.clientId, host: value.clientHost),
            protocolType: protocolType ?? "",
            terms: .init(
                rebalanceTimeoutMs: timeoutMs, sessionTimeoutMs: value.sessionTimeout,
                protocols: [.init(name: protocolName ?? "", metadata: value.subscription)]),
            joinReply: nil)
        member.assignment = value.assignment
    }

    /// Removes a member, or one that was to become one. What it still waits for is answered so that
    /// it joins anew if it is there at all. If it led, the first of those left does now.
    func remove(_ memberID: String) {
        if let member = members.removeValue(forKey: memberID) {
            finishJoin(member, .refusal(.unknownMemberId))
            finishSync(member, .refusal(.unknownMemberId))
            count(member, by: -1)
            if let instanceID = member.instanceID { staticMembers[instanceID] = nil }
        }
        if isLeader(memberID) { leaderID = orderedMembers.first?.id }
        stopExpecting(pending: memberID)
        pendingSyncs.remove(memberID)
    }

    /// Takes over what a member tells when it joins again.
    func update(
        _ member: ClassicMember, _ terms: ClassicMember.Terms, joinReply: ClassicMember.JoinReply?
    ) {
        count(member, by: -1)
        member.terms = terms
        count(member, by: 1)
        setJoinReply(member, joinReply)
    }

    /// Puts a static member that came again under a new id in the place of the old one, who is
    /// fenced if it still waits for something.
    func replace(_ old: ClassicMember, with memberID: String) -> ClassicMember {
        finishJoin(old, .refusal(.fencedInstanceId, memberID: old.id))
        finishSync(old, .refusal(.fencedInstanceId))
        let member = ClassicMember(
            id: memberID, instanceID: old.instanceID, client: old.client, number: old.number,
            terms: old.terms)
        member.assignment = old.assignment
        members[old.id] = nil
        members[memberID] = member
        if isLeader(old.id) { leaderID = memberID }
        if pendingSyncs.remove(old.id) != nil { pendingSyncs.insert(memberID) }
        if let instanceID = old.instanceID { staticMembers[instanceID] = memberID }
        return member
    }

    /// Makes a member lead that waits for the rebalance, where the leader does not.
    ///
    /// - Returns: whether one does now.
    func electJoinedLeader() -> Bool {
        guard let leader = leaderID.flatMap({ members[$0] }) else { return false }
        if leader.isAwaitingJoin { return true }
        guard let next = orderedMembers.first(where: \.isAwaitingJoin) else { return false }
        leaderID = next.id
        return true
    }

    func expect(pending memberID: String) {
        if pendingMembers.insert(memberID).inserted { memberBytes += ClassicMember.overheadBytes }
    }

    private func stopExpecting(pending memberID: String) {
        guard pendingMembers.remove(memberID) != nil else { return }
        memberBytes -= ClassicMember.overheadBytes
    }

    func expectSyncs() { pendingSyncs = Set(members.keys) }

    func didSync(_ memberID: String) { pendingSyncs.remove(memberID) }

    func forgetSyncs() { pendingSyncs.removeAll() }

    // MARK: Answers

    private func setJoinReply(_ member: ClassicMember, _ reply: ClassicMember.JoinReply?) {
        awaitingJoinCount += (reply == nil ? 0 : 1) - (member.isAwaitingJoin ? 1 : 0)
        member.joinReply = reply
    }

    /// Answers a member's JoinGroup, if it waits with one.
    func finishJoin(_ member: ClassicMember, _ response: JoinGroupResponse) {
        guard let reply = member.joinReply else { return }
        setJoinReply(member, nil)
        reply(response)
    }

    /// Answers a member's SyncGroup, if it waits with one.
    ///
    /// - Returns: whether it did.
    @discardableResult
    func finishSync(_ member: ClassicMember, _ response: SyncGroupResponse) -> Bool {
        guard let reply = member.syncReply else { return false }
        member.syncReply = nil
        reply(response)
        return true
    }

    /// Answers all that wait.
    func refuseAll(_ error: ErrorCode) {
        for member in members.values {
            finishJoin(member, .refusal(error, memberID: member.id))
            finishSync(member, .refusal(error))
        }
        for waiter in whenStored ?? [] { waiter() }
        whenStored = nil
    }

    private func count(_ member: ClassicMember, by step: Int) {
        memberBytes += step * (ClassicMember.overheadBytes + member.terms.sizeBytes)
        for name in Set(member.terms.protocols.map(\.name)) {
            let count = protocolCounts[name, default: 0] + step
            protocolCounts[name] = count == 0 ? nil : count
        }
    }
}
