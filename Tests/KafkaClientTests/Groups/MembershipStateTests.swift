import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaClient

/// One member, answered by hand.
@Suite struct MembershipStateTests {
    private struct Script {
        var state: MembershipState
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var sent: MembershipState.Outgoing?

        init(
            reading subscription: GroupSubscription = .topics(["t"]),
            _ change: (inout GroupConfiguration) -> Void = { _ in }
        ) {
            var configuration = GroupConfiguration(groupID: "g")
            configuration.assignors = [.range]
            change(&configuration)
            state = MembershipState(
                configuration, subscription, ClientConfiguration(bootstrapServers: []),
                memberID: "mine")
            state.pollCalled(now: now)
            state.pollWaits()
        }

        @discardableResult
        mutating func next() -> MembershipState.Actions {
            let actions = state.next(now: now)
            if actions.send != nil { sent = actions.send }
            return actions
        }

        mutating func wait(ms: Int64) { now = now + .milliseconds(ms) }

        mutating func answer(_ response: MembershipResponse) {
            state.answered(sent?.id ?? -1, .success(response), now: now)
        }

        mutating func lose() {
            state.answered(
                sent?.id ?? -1, .failure(KafkaError(.connectionFailed, "lost")), now: now)
        }

        mutating func find(_ broker: Int32 = 1) throws {
            let actions = next()
            try #require(actions.findsCoordinator)
            state.coordinatorFound(.success(broker), now: now)
        }

        mutating func takeStep() throws -> RebalanceStep {
            let next = state.beginStep()
            let step = try #require(next)
            state.finishStep()
            return step
        }

        /// Joins as a follower that is given partitions.
        mutating func join(
            _ assigned: [TopicPartition], generation: Int32 = 1, leads: Bool = false
        ) throws {
            next()
            guard case .join(let request)? = sent?.request else { throw Unexpected() }
            var joined = JoinGroupResponse()
            joined.generationId = generation
            joined.protocolName = request.protocols.first?.name
            joined.memberId = "m"
            joined.leader = leads ? "m" : "other"
            if leads {
                var entry = JoinGroupResponse.JoinGroupResponseMember()
                entry.memberId = "m"
                entry.metadata = request.protocols[0].metadata
                joined.members = [entry]
            }
            answer(.join(joined))
            if leads {
                let actions = next()
                try #require(actions.refresh == .named(["t"]))
                refresh(partitions: 1)
            }
            next()
            guard case .sync(let request)? = sent?.request else { throw Unexpected() }
            #expect(request.generationId == generation)
            #expect(request.assignments.count == (leads ? 1 : 0))
            var synced = SyncGroupResponse()
            synced.assignment = try ConsumerProtocol.assignment(assigned)
            answer(.sync(synced))
        }

        mutating func refresh(partitions: Int32) {
            var metadata = ClusterMetadata()
            var topic = ClusterMetadata.Topic(name: "t")
            topic.id = Uuid(high: 1, low: 1)
            topic.partitions = (0..<partitions).map { .init(partition: $0, leader: 0) }
            metadata.topics = [topic]
            state.refreshed(.success(metadata), now: now)
        }

        mutating func heartbeat(_ code: ErrorCode) throws {
            wait(ms: 3000)
            next()
            guard case .heartbeat? = sent?.request else { throw Unexpected() }
            var response = HeartbeatResponse()
            response.errorCode = code
            answer(.heartbeat(response))
        }
    }

    private struct Unexpected: Error {}

    private let zero = TopicPartition(topic: "t", partition: 0)

    @Test func `Joins only when polled, and with the member id that it is told`() throws {
        var script = Script()
        try script.find()
        script.next()
        guard case .join(let first)? = script.sent?.request else { throw Unexpected() }
        #expect(first.memberId.isEmpty && first.protocols.map(\.name) == ["range"])
        #expect(first.rebalanceTimeoutMs == 300_000 && first.sessionTimeoutMs == 45_000)
        var response = JoinGroupResponse()
        response.errorCode = .memberIdRequired
        response.memberId = "m"
        script.answer(.join(response))
        script.next()
        guard case .join(let second)? = script.sent?.request else { throw Unexpected() }
        #expect(second.memberId == "m")
        let unpolled = MembershipState(
            GroupConfiguration(groupID: "g"), .topics(["t"]),
            ClientConfiguration(bootstrapServers: []), memberID: "x")
        var idle = unpolled
        #expect(!idle.next(now: script.now).findsCoordinator)
    }

    @Test func `An eager member gives all up before it joins again`() throws {
        var script = Script()
        try script.find()
        try script.join([zero])
        #expect(try script.takeStep() == .assign([zero]))
        try script.heartbeat(.rebalanceInProgress)
        #expect(script.state.metadata.generation == 1, "commits are still those of a member")
        let id = script.sent?.id
        script.next()
        #expect(script.sent?.id == id, "the application is not ready")
        // Signs of life go on while the application takes its time.
        try script.heartbeat(.rebalanceInProgress)
        #expect(try script.takeStep() == .revoke([zero]))
        try script.join([zero], generation: 2)
        #expect(try script.takeStep() == .assign([zero]))
    }

    @Test func `A cooperative member keeps what it has, and joins again after giving up`() throws {
        let one = TopicPartition(topic: "t", partition: 1)
        var script = Script { $0.assignors = [.cooperativeSticky] }
        try script.find()
        try script.join([zero, one])
        #expect(try script.takeStep() == .assign([zero, one]))
        try script.heartbeat(.rebalanceInProgress)
        try script.join([zero], generation: 2)
        #expect(try script.takeStep() == .revoke([one]))
        #expect(try script.takeStep() == .assign([]))
        script.next()
        guard case .join(let request)? = script.sent?.request else { throw Unexpected() }
        let member = try ConsumerProtocol.member(
            "m", instanceID: nil, subscription: request.protocols[0].metadata,
            assignor: .cooperativeSticky)
        #expect(member.owned == [zero] && member.generation == 2)
    }

    @Test func `What another may have is lost`() throws {
        for code in [ErrorCode.unknownMemberId, .illegalGeneration] {
            var script = Script()
            try script.find()
            try script.join([zero])
            _ = try script.takeStep()
            try script.heartbeat(code)
            #expect(script.state.metadata.generation == -1)
            #expect(try script.takeStep() == .lose([zero]))
            script.next()
            guard case .join(let request)? = script.sent?.request else { throw Unexpected() }
            #expect(request.memberId == (code == .unknownMemberId ? "" : "m"))
        }
    }

    @Test func `A coordinator that is gone is looked for after a pause`() throws {
        var script = Script()
        try script.find(1)
        try script.join([zero])
        _ = try script.takeStep()
        try script.heartbeat(.notCoordinator)
        let actions = script.next()
        #expect(!actions.findsCoordinator && actions.wakeAt != nil)
        script.wait(ms: 200)
        try script.find(2)
        script.wait(ms: 3000)
        script.next()
        #expect(script.sent?.broker == 2)
        guard case .heartbeat? = script.sent?.request else { throw Unexpected() }
        script.lose()
        script.wait(ms: 2000)
        try script.find(3)
        #expect(script.state.owned == [zero])
    }

    @Test func `Trouble is told when it lasts`() throws {
        var script = Script()
        try script.find()
        for _ in 0..<30 {
            script.next()
            script.lose()
            script.wait(ms: 1500)
            if script.next().findsCoordinator {
                script.state.coordinatorFound(.success(1), now: script.now)
            }
        }
        #expect(script.state.takeError()?.kind == .connectionFailed)
        #expect(script.state.takeError() == nil && script.state.failure == nil)
    }

    @Test func `An application that does not poll is out until it does`() throws {
        var script = Script()
        try script.find()
        try script.join([zero])
        _ = try script.takeStep()
        script.state.pollCalled(now: script.now)
        for _ in 0..<99 { try script.heartbeat(.none) }
        script.wait(ms: 3001)
        guard case .leave("m")? = script.next().farewell else { throw Unexpected() }
        #expect(script.next().send == nil)
        script.state.pollCalled(now: script.now)
        #expect(try script.takeStep() == .lose([zero]))
        #expect(script.next().send != nil)
    }

    @Test func `A static member that is replaced ends, and does not leave`() throws {
        var script = Script { $0.instanceID = "i" }
        try script.find()
        try script.join([zero])
        _ = try script.takeStep()
        var other = script
        #expect(other.state.close() == nil)
        try script.heartbeat(.fencedInstanceId)
        #expect(script.state.failure?.errorCode == .fencedInstanceId)
        #expect(try script.takeStep() == .lose([zero]))
        #expect(script.next().send == nil)
    }

    @Test func `A leader shares out anew when partitions are added`() throws {
        var script = Script { $0.topicRefreshMs = 1000 }
        try script.find()
        try script.join([zero], leads: true)
        _ = try script.takeStep()
        script.wait(ms: 1001)
        #expect(script.next().refresh == .named(["t"]))
        script.refresh(partitions: 2)
        script.next()
        #expect(try script.takeStep() == .revoke([zero]))
        script.next()
        guard case .join? = script.sent?.request else { throw Unexpected() }
    }

    @Test func `A commit that is refused tells of the group`() throws {
        var script = Script()
        try script.find()
        try script.join([zero], generation: 5)
        _ = try script.takeStep()
        script.state.commitRefused(.illegalGeneration, generation: 4)
        #expect(script.state.owned == [zero] && script.state.beginStep() == nil)
        script.state.commitRefused(.rebalanceInProgress, generation: 5)
        script.next()
        #expect(try script.takeStep() == .revoke([zero]))
    }

    @Test(arguments: [
        ErrorCode.inconsistentGroupProtocol, .groupAuthorizationFailed, .groupMaxSizeReached,
        .invalidSessionTimeout,
    ])
    func `What will not pass ends it`(code: ErrorCode) throws {
        var script = Script()
        try script.find()
        script.next()
        var response = JoinGroupResponse()
        response.errorCode = code
        script.answer(.join(response))
        let taken = script.state.takeError()
        let error = try #require(taken)
        #expect(error.errorCode == code && error.message.contains("group g"))
        #expect(script.state.takeError() == error && script.next().send == nil)
    }

    // MARK: KIP-848

    private func assignment(
        epoch: Int32, _ partitions: [Int32]?
    ) -> MembershipResponse {
        var response = ConsumerGroupHeartbeatResponse()
        response.memberEpoch = epoch
        response.heartbeatIntervalMs = 1000
        response.assignment = partitions.map { partitions in
            var topic = ConsumerGroupHeartbeatResponse.TopicPartitions()
            topic.topicId = Uuid(high: 1, low: 1)
            topic.partitions = partitions
            var assignment = ConsumerGroupHeartbeatResponse.Assignment()
            assignment.topicPartitions = [topic]
            return assignment
        }
        return .consumerHeartbeat(response)
    }

    private func heartbeat(_ script: Script) throws -> ConsumerGroupHeartbeatRequest {
        guard case .consumerHeartbeat(let request)? = script.sent?.request else {
            throw Unexpected()
        }
        return request
    }

    @Test func `A member of KIP-848 reports what it has, and only what is new`() throws {
        var script = Script { $0.groupProtocol = .consumer }
        try script.find()
        script.next()
        let join = try heartbeat(script)
        #expect(join.memberEpoch == 0 && join.memberId == "mine")
        #expect(join.subscribedTopicNames == ["t"] && join.topicPartitions?.isEmpty == true)
        #expect(join.rebalanceTimeoutMs == 300_000)
        script.answer(assignment(epoch: 3, [0, 1]))
        // The topic goes by its id, which has to be looked up.
        #expect(script.next().refresh == .named(["t"]))
        script.refresh(partitions: 2)
        script.next()
        let one = TopicPartition(topic: "t", partition: 1)
        #expect(try script.takeStep() == .assign([zero, one]))
        script.next()
        let report = try heartbeat(script)
        #expect(report.memberEpoch == 3 && report.topicPartitions?.first?.partitions == [0, 1])
        #expect(report.subscribedTopicNames == nil && report.rebalanceTimeoutMs == -1)
        script.answer(assignment(epoch: 3, nil))
        #expect(script.next().send == nil)
        script.wait(ms: 1000)
        script.next()
        #expect(try heartbeat(script).topicPartitions == nil)
        script.answer(assignment(epoch: 3, [1]))
        #expect(try script.takeStep() == .revoke([zero]))
        #expect(try script.takeStep() == .assign([]))
        script.next()
        #expect(try heartbeat(script).topicPartitions?.first?.partitions == [1])
    }

    @Test func `A member of KIP-848 says that it gave up what it had not begun to use`() throws {
        var script = Script { $0.groupProtocol = .consumer }
        try script.find()
        script.next()
        script.answer(assignment(epoch: 3, [0]))
        script.next()
        script.refresh(partitions: 2)
        script.next()
        _ = try script.takeStep()
        script.next()
        script.answer(assignment(epoch: 3, [0, 1]))
        script.wait(ms: 1000)
        script.next()
        script.answer(assignment(epoch: 3, [0]))
        #expect(try script.takeStep() == .assign([]))
        script.next()
        // The coordinator waits for this, though it is what it heard last.
        #expect(try heartbeat(script).topicPartitions?.first?.partitions == [0])
        // The same assignment once more answers the report; it wants none.
        script.answer(assignment(epoch: 4, [0]))
        #expect(try script.takeStep() == .assign([]))
        #expect(script.next().send == nil)
    }

    @Test func `A fenced member of KIP-848 gives up and joins again`() throws {
        var script = Script { $0.groupProtocol = .consumer }
        try script.find()
        script.next()
        script.answer(assignment(epoch: 3, [0]))
        script.next()
        script.refresh(partitions: 2)
        script.next()
        _ = try script.takeStep()
        script.next()
        var response = ConsumerGroupHeartbeatResponse()
        response.errorCode = .fencedMemberEpoch
        script.answer(.consumerHeartbeat(response))
        script.wait(ms: 200)
        #expect(script.next().send == nil)
        #expect(try script.takeStep() == .lose([zero]))
        script.next()
        #expect(try heartbeat(script).memberEpoch == 0)
        script.answer(assignment(epoch: 7, [0]))
        #expect(try script.takeStep() == .assign([zero]))
        guard case .consumerHeartbeat(let leave)? = script.state.close() else { throw Unexpected() }
        #expect(leave.memberEpoch == -1)
    }

    @Test func `A coordinator that can match expressions is sent them`() throws {
        var script = Script(
            reading: .matching([try TopicPattern("t.*"), try TopicPattern("u")])
        ) { $0.groupProtocol = .consumer }
        #expect(script.next().refresh == .all)
        script.refresh(partitions: 2)
        try script.find()
        script.next()
        let join = try heartbeat(script)
        let old = join.subscribing(version: 0)
        #expect(old.subscribedTopicNames == ["t"] && old.subscribedTopicRegex == nil)
        let new = join.subscribing(version: 1)
        #expect(new.subscribedTopicNames == [] && new.subscribedTopicRegex == "(?:t.*)|(?:u)")
        script.state.speaks(version: 1)
        script.answer(assignment(epoch: 1, [0]))
        script.next()
        #expect(try script.takeStep() == .assign([zero]))
        script.next()
        let report = try heartbeat(script)
        #expect(report.subscribedTopicNames == nil && report.subscribedTopicRegex == nil)
        script.answer(assignment(epoch: 1, nil))
        // The coordinator looks for topics that come later.
        script.wait(ms: 3_600_000)
        #expect(script.next().refresh == nil)
        // One that is older needs the names as they are now.
        script.state.speaks(version: 0)
        script.answer(assignment(epoch: 1, nil))
        #expect(script.next().refresh == .all)
        let names = try heartbeat(script).subscribing(version: 0).subscribedTopicNames
        #expect(names == ["t"])
        // An expression is taken back with the names in its place.
        script.answer(assignment(epoch: 1, nil))
        script.state.speaks(version: 1)
        script.state.subscribe(to: .topics(["t"]))
        script.next()
        let last = try heartbeat(script).subscribing(version: 1)
        #expect(last.subscribedTopicNames == ["t"] && last.subscribedTopicRegex == "")
    }

    @Test func `An expression that the coordinator refuses ends it with the reason`() throws {
        var script = Script(reading: .matching([try TopicPattern("t")])) {
            $0.groupProtocol = .consumer
        }
        script.next()
        script.refresh(partitions: 1)
        try script.find()
        script.next()
        var response = ConsumerGroupHeartbeatResponse()
        response.errorCode = .invalidRegularExpression
        response.errorMessage = "too large"
        script.answer(.consumerHeartbeat(response))
        let told = script.state.takeError()
        let error = try #require(told)
        #expect(error.errorCode == .invalidRegularExpression)
        #expect(error.message.contains("too large"))
    }
}
