internal import KafkaBase
internal import KafkaWire
internal import NIOCore

/// A member's side of the classic protocol: JoinGroup, SyncGroup, Heartbeat (Java's
/// `AbstractCoordinator` and `ConsumerCoordinator`).
struct ClassicMembership: GroupMembership {
    private enum Phase: Equatable {
        /// Not in the group; joins as soon as the application holds nothing any more.
        case outside
        /// In the group, but it rebalances: joins again as soon as the application is ready.
        case preparing
        case joining
        /// In the new generation, to ask for the share; a leader hands in everybody's.
        case joined(leading: [AssignorMember]?, skipsAssignment: Bool)
        case syncing
        case stable
    }

    /// Beyond the time that the coordinator waits for members (Java's
    /// `JOIN_GROUP_TIMEOUT_LAPSE`), in ms.
    private static let joinLapseMs = 5000

    private var memberID = ""
    private var generation: Int32 = -1
    private var phase = Phase.outside
    private var assignor: Assignor?
    /// What it was given last, which it may get again.
    private var lastShare: StickyUserData?
    private var nextHeartbeatAt = NIODeadline.uptimeNanoseconds(0)
    /// The topics that this member named when it joined.
    private var joinedTopics: [String] = []
    /// Of a leader: what the topics looked like that it shared out.
    private var sharedTopics: SubscribedTopics.Layout?
    private var groupTopics: Set<String> = []
    /// Partitions were given up that others wait for (KIP-429).
    private var rejoinsWhenSettled = false
    private var reason: String?

    var isLeader: Bool { sharedTopics != nil }

    var isStable: Bool { phase == .stable }

    var identity: (memberID: String, generation: Int32)? {
        generation < 0 ? nil : (memberID, generation)
    }

    // MARK: The next request

    mutating func next(
        now: NIODeadline, _ context: inout MembershipContext, wakeAt: inout NIODeadline?
    ) -> MembershipRequest? {
        if rejoinsWhenSettled, context.ownership.isSettled, phase == .stable {
            rejoinsWhenSettled = false
            prepare(&context, "partitions were given up")
        }
        if phase == .stable { watchTopics(&context) }
        switch phase {
        case .outside:
            return context.ownership.isSettled ? join(context) : nil
        case .preparing:
            return context.ownership.isSettled
                ? join(context) : heartbeat(now, context, &wakeAt)
        case .joining, .syncing:
            return nil
        case .joined(let members, let skipsAssignment):
            guard members == nil || context.topics.isFresh else { return nil }
            return sync(members, skipsAssignment: skipsAssignment, context)
        case .stable:
            return heartbeat(now, context, &wakeAt)
        }
    }

    func timeoutMs(
        of request: MembershipRequest, _ configuration: GroupConfiguration, requestTimeoutMs: Int
    ) -> Int {
        switch request {
        case .join, .sync:
            max(
                requestTimeoutMs,
                configuration.maxPollIntervalMs + ClassicMembership.joinLapseMs)
        default: min(requestTimeoutMs, configuration.sessionTimeoutMs)
        }
    }

    /// A subscription that changed, and topics that a leader shared out, need a new generation.
    private mutating func watchTopics(_ context: inout MembershipContext) {
        if context.topics.names != joinedTopics {
            prepare(&context, "the subscription changed")
        } else if let sharedTopics, context.topics.isFresh,
            context.topics.layout(of: groupTopics) != sharedTopics
        {
            prepare(&context, "topics changed")
        }
    }

    private mutating func prepare(_ context: inout MembershipContext, _ reason: String) {
        self.reason = reason
        phase = .preparing
        rejoinsWhenSettled = false
        if !context.configuration.isCooperative { context.ownership.revokeAll() }
    }

    private mutating func join(_ context: MembershipContext) -> MembershipRequest? {
        let configuration = context.configuration
        var request = JoinGroupRequest()
        request.groupId = configuration.groupID
        request.sessionTimeoutMs = Int32(clamping: configuration.sessionTimeoutMs)
        request.rebalanceTimeoutMs = Int32(clamping: configuration.maxPollIntervalMs)
        request.memberId = memberID
        request.groupInstanceId = configuration.instanceID
        request.protocolType = ConsumerProtocol.type
        request.reason = reason
        for assignor in configuration.assignors {
            var entry = JoinGroupRequest.JoinGroupRequestProtocol()
            entry.name = assignor.rawValue
            let metadata = try? ConsumerProtocol.subscription(
                context.topics.names, owned: context.ownership.owned, generation: generation,
                rack: configuration.rackID, assignor: assignor, last: lastShare)
            guard let metadata else { continue }
            entry.metadata = metadata
            request.protocols.append(entry)
        }
        joinedTopics = context.topics.names
        sharedTopics = nil
        phase = .joining
        return .join(request)
    }

    private mutating func sync(
        _ members: [AssignorMember]?, skipsAssignment: Bool, _ context: MembershipContext
    ) -> MembershipRequest {
        var request = SyncGroupRequest()
        request.groupId = context.configuration.groupID
        request.generationId = generation
        request.memberId = memberID
        request.groupInstanceId = context.configuration.instanceID
        request.protocolType = ConsumerProtocol.type
        request.protocolName = assignor?.rawValue
        if let members, let assignor {
            let layout = context.topics.layout(of: groupTopics)
            sharedTopics = layout
            if !skipsAssignment {
                let shares = assignor.assign(
                    layout.partitionCounts, racks: layout.racks, to: members)
                request.assignments = members.map { member in
                    var entry = SyncGroupRequest.SyncGroupRequestAssignment()
                    entry.memberId = member.id
                    // Names that fit a subscription fit an assignment.
                    let bytes = try? ConsumerProtocol.assignment(shares[member.id] ?? [])
                    entry.assignment = bytes ?? ByteBuffer()
                    return entry
                }
            }
        }
        phase = .syncing
        return .sync(request)
    }

    private func heartbeat(
        _ now: NIODeadline, _ context: MembershipContext, _ wakeAt: inout NIODeadline?
    ) -> MembershipRequest? {
        guard nextHeartbeatAt <= now else {
            wakeAt = nextHeartbeatAt
            return nil
        }
        var request = HeartbeatRequest()
        request.groupId = context.configuration.groupID
        request.generationId = generation
        request.memberId = memberID
        request.groupInstanceId = context.configuration.instanceID
        return .heartbeat(request)
    }

    // MARK: Answers

    mutating func answered(
        _ response: MembershipResponse, now: NIODeadline, _ context: inout MembershipContext
    ) -> MembershipVerdict {
        switch response {
        case .join(let response): return joined(response, &context)
        case .sync(let response): return synced(response, now, &context)
        case .heartbeat(let response):
            nextHeartbeatAt = now + heartbeatInterval(context)
            return beaten(response.errorCode, &context)
        case .consumerHeartbeat: return .fine
        }
    }

    mutating func failed(now: NIODeadline) {
        nextHeartbeatAt = now
        if phase == .joining || phase == .syncing { phase = generation < 0 ? .outside : .preparing }
    }

    private mutating func joined(
        _ response: JoinGroupResponse, _ context: inout MembershipContext
    ) -> MembershipVerdict {
        let group = context.configuration.groupID
        phase = generation < 0 ? .outside : .preparing
        switch response.errorCode {
        case .none: break
        case .memberIdRequired:
            memberID = response.memberId
            return .fine
        case .unknownMemberId, .illegalGeneration:
            lose(&context, isUnknown: true)
            return .retry(nil)
        case .rebalanceInProgress: return .retry(nil)
        case .fencedInstanceId:
            return .fatal(.fenced(context.configuration))
        case let code: return MembershipVerdict(code, group)
        }
        // Below version 7 nobody says the protocol's type; the name is always there.
        guard let name = response.protocolName, let assignor = Assignor(rawValue: name),
            context.configuration.assignors.contains(assignor)
        else {
            return .fatal(
                KafkaError(
                    .inconsistentGroupProtocol, "group \(group)",
                    detail: "the coordinator chose \(response.protocolName ?? "no protocol")"))
        }
        memberID = response.memberId
        generation = response.generationId
        self.assignor = assignor
        guard response.leader == memberID else {
            phase = .joined(leading: nil, skipsAssignment: false)
            return .fine
        }
        var members: [AssignorMember] = []
        for entry in response.members {
            // A member that cannot be understood is given nothing.
            let member = try? ConsumerProtocol.member(
                entry.memberId, instanceID: entry.groupInstanceId, subscription: entry.metadata,
                assignor: assignor)
            members.append(member ?? AssignorMember(id: entry.memberId, topics: []))
        }
        groupTopics = members.reduce(into: []) { $0.formUnion($1.topics) }
        context.topics.require(groupTopics)
        phase = .joined(leading: members, skipsAssignment: response.skipAssignment)
        return .fine
    }

    private mutating func synced(
        _ response: SyncGroupResponse, _ now: NIODeadline, _ context: inout MembershipContext
    ) -> MembershipVerdict {
        phase = .preparing
        switch response.errorCode {
        case .none: break
        case .rebalanceInProgress: return .fine
        case .unknownMemberId, .illegalGeneration:
            lose(&context, isUnknown: response.errorCode == .unknownMemberId)
            return .retry(nil)
        case .fencedInstanceId:
            return .fatal(.fenced(context.configuration))
        case let code: return MembershipVerdict(code, context.configuration.groupID)
        }
        let assigned: Set<TopicPartition>
        do {
            assigned = try ConsumerProtocol.assigned(response.assignment)
        } catch {
            let group = context.configuration.groupID
            return .fatal(
                KafkaError(.corrupt, "group \(group): the leader's assignment: \(error)"))
        }
        lastShare = StickyUserData(partitions: assigned, generation: generation)
        reason = nil
        phase = .stable
        nextHeartbeatAt = now + heartbeatInterval(context)
        rejoinsWhenSettled =
            context.configuration.isCooperative
            && !context.ownership.owned.subtracting(assigned).isEmpty
        context.ownership.assign(assigned)
        return .fine
    }

    private mutating func beaten(
        _ code: ErrorCode, _ context: inout MembershipContext
    ) -> MembershipVerdict {
        switch code {
        case .none: return .fine
        case .rebalanceInProgress:
            if phase == .stable { prepare(&context, "the group rebalances") }
            return .fine
        case .unknownMemberId, .illegalGeneration:
            lose(&context, isUnknown: code == .unknownMemberId)
            return .fine
        case .fencedInstanceId:
            return .fatal(.fenced(context.configuration))
        case let code: return MembershipVerdict(code, context.configuration.groupID)
        }
    }

    // MARK: Other events

    mutating func commitRefused(
        _ code: ErrorCode, generation: Int32, _ context: inout MembershipContext
    ) {
        // The coordinator may have answered to an earlier generation.
        guard generation == self.generation, phase == .stable || phase == .preparing else { return }
        switch code {
        case .unknownMemberId, .illegalGeneration:
            lose(&context, isUnknown: code == .unknownMemberId)
        case .rebalanceInProgress where phase == .stable:
            prepare(&context, "the group rebalances")
        default: break
        }
    }

    /// A static member says nothing, so that it finds its share again when it is back in time.
    mutating func leave(_ context: inout MembershipContext) -> MembershipRequest? {
        let left = memberID
        lose(&context, isUnknown: true)
        guard !left.isEmpty, context.configuration.instanceID == nil else { return nil }
        return .leave(left)
    }

    /// Others may have this member's partitions already.
    private mutating func lose(_ context: inout MembershipContext, isUnknown: Bool) {
        if isUnknown { memberID = "" }
        generation = -1
        sharedTopics = nil
        rejoinsWhenSettled = false
        phase = .outside
        context.ownership.loseAll()
    }

    private func heartbeatInterval(_ context: MembershipContext) -> TimeAmount {
        .milliseconds(Int64(context.configuration.heartbeatIntervalMs))
    }
}

extension KafkaError {
    /// Another consumer has taken a static member's place.
    static func fenced(_ configuration: GroupConfiguration) -> KafkaError {
        KafkaError(
            .fencedInstanceId, "group \(configuration.groupID)",
            detail: "another consumer uses group.instance.id \(configuration.instanceID ?? "")")
    }
}
