internal import KafkaBase
internal import KafkaWire
internal import NIOCore

/// A member of a consumer group, under either protocol: the search for the coordinator, pauses
/// after errors, one request at a time, the watch over the application. Takes events, returns
/// actions; no clock, no socket of its own.
///
/// `GroupSession` guards it and carries the actions out. Bounded by the topics of the group.
struct MembershipState {
    /// A request, to be answered under its number.
    struct Outgoing {
        var id: Int
        var broker: Int32
        var request: MembershipRequest
        var timeoutMs: Int
    }

    struct Actions {
        var findsCoordinator = false
        var refresh: SubscribedTopics.Refresh?
        var send: Outgoing?
        /// To be sent without waiting for an answer.
        var farewell: MembershipRequest?
        /// When to ask again at the latest.
        var wakeAt: NIODeadline?

        mutating func wake(at time: NIODeadline?) {
            guard let time else { return }
            wakeAt = wakeAt.map { min($0, time) } ?? time
        }
    }

    private var context: MembershipContext
    private var member: any GroupMembership
    private var coordinator: CoordinatorSearch
    private var poll: PollWatch
    private let requestTimeoutMs: Int
    /// How long things may go wrong before the application is told, in ms.
    private let patienceMs: Int

    private var backoff: Backoff
    private var notBefore = NIODeadline.uptimeNanoseconds(0)
    private var lastID = 0
    private var underWay: Int?
    /// The application did not poll for too long; it is out of the group until it does.
    private var isStalled = false
    private var isClosed = false
    private var failingSince: NIODeadline?
    private var trouble: KafkaError?
    /// What ended the membership for good.
    private(set) var failure: KafkaError?

    init(
        _ configuration: GroupConfiguration, _ subscription: GroupSubscription,
        _ client: ClientConfiguration, memberID: String
    ) {
        context = MembershipContext(
            configuration: configuration,
            topics: SubscribedTopics(
                subscription,
                refreshMs: configuration.topicRefreshMs ?? client.metadataMaxAgeMs,
                backoff: client.backoff))
        member =
            switch configuration.groupProtocol {
            case .classic: ClassicMembership()
            case .consumer:
                ConsumerMembership(
                    memberID: memberID, intervalMs: configuration.heartbeatIntervalMs)
            }
        coordinator = CoordinatorSearch(backoff: client.backoff)
        poll = PollWatch(limitMs: configuration.maxPollIntervalMs)
        requestTimeoutMs = client.requestTimeoutMs
        patienceMs = client.timeoutMs
        backoff = client.backoff
    }

    // MARK: What others want to know

    /// Who commits for this member.
    var metadata: ConsumerGroupMetadata {
        let configuration = context.configuration
        var metadata = ConsumerGroupMetadata(
            groupID: configuration.groupID, instanceID: configuration.instanceID)
        if let identity = member.identity {
            metadata.memberID = identity.memberID
            metadata.generation = identity.generation
        }
        return metadata
    }

    var owned: Set<TopicPartition> { context.ownership.owned }

    /// Whether the member has its share of the group's present generation.
    var isStable: Bool { member.isStable }

    /// Whether `poll` has something to do.
    var hasNews: Bool { failure != nil || trouble != nil || context.ownership.next != nil }

    // MARK: The application

    mutating func pollCalled(now: NIODeadline) {
        poll.called(now: now)
        isStalled = false
    }

    mutating func pollWaits() {
        poll.waits()
    }

    /// What is to be told to the application: what ended the membership, again and again; what
    /// goes wrong for now, once.
    mutating func takeError() -> KafkaError? {
        failure ?? trouble.take()
    }

    mutating func beginStep() -> RebalanceStep? { context.ownership.begin() }
    mutating func finishStep() { context.ownership.finish() }
    mutating func abandonStep() { context.ownership.abandon() }

    mutating func subscribe(to subscription: GroupSubscription) {
        context.topics.subscribe(to: subscription)
    }

    /// Of ConsumerGroupHeartbeat, which the coordinator speaks.
    mutating func speaks(version: Int16) {
        context.topics.matches(
            byCoordinator: version >= ConsumerMembership.firstVersionWithPatterns)
    }

    /// - Parameter generation: in whose name the commit was.
    mutating func commitRefused(_ code: ErrorCode, generation: Int32) {
        member.commitRefused(code, generation: generation, &context)
        if code == .fencedInstanceId { failure = .fenced(context.configuration) }
    }

    /// Ends the membership.
    mutating func close() -> MembershipRequest? {
        isClosed = true
        return leave()
    }

    private mutating func leave() -> MembershipRequest? {
        underWay = nil
        return member.leave(&context)
    }

    // MARK: Actions

    /// What is to be done now.
    mutating func next(now: NIODeadline) -> Actions {
        var actions = Actions()
        guard poll.hasBegun, failure == nil, !isClosed else { return actions }
        if let deadline = poll.deadline, !isStalled {
            if deadline <= now {
                isStalled = true
                actions.farewell = leave()
            } else {
                actions.wake(at: deadline)
            }
        }
        guard !isStalled else { return actions }
        actions.refresh = context.topics.beginRefresh(now: now, isLeader: member.isLeader)
        actions.wake(at: context.topics.dueAt(isLeader: member.isLeader))
        guard context.topics.isResolved else { return actions }
        guard let broker = coordinator.broker else {
            actions.findsCoordinator = coordinator.begin(now: now)
            actions.wake(at: coordinator.wakeAt)
            return actions
        }
        guard underWay == nil else { return actions }
        guard notBefore <= now else {
            actions.wake(at: notBefore)
            return actions
        }
        send(to: broker, now, &actions)
        return actions
    }

    private mutating func send(to broker: Int32, _ now: NIODeadline, _ actions: inout Actions) {
        var wakeAt: NIODeadline?
        let request = member.next(now: now, &context, wakeAt: &wakeAt)
        actions.wake(at: wakeAt)
        guard let request else {
            // The protocol may have asked for topics, or begun to prepare a rebalance.
            if actions.refresh == nil {
                actions.refresh = context.topics.beginRefresh(now: now, isLeader: member.isLeader)
            }
            return
        }
        lastID += 1
        underWay = lastID
        actions.send = Outgoing(
            id: lastID, broker: broker, request: request,
            timeoutMs: member.timeoutMs(
                of: request, context.configuration, requestTimeoutMs: requestTimeoutMs))
    }

    // MARK: Events

    mutating func coordinatorFound(_ result: Result<Int32, KafkaError>, now: NIODeadline) {
        switch result {
        case .success(let broker): coordinator.found(broker)
        case .failure(let error):
            coordinator.notFound(now: now)
            // It was searched for long enough.
            if error.isRetriable { trouble = error } else { fail(error) }
        }
    }

    mutating func refreshed(_ result: Result<ClusterMetadata, KafkaError>, now: NIODeadline) {
        switch result {
        case .success(let metadata): context.topics.refreshed(metadata, now: now)
        case .failure(let error):
            context.topics.notRefreshed(now: now)
            if error.isRetriable { trouble = error } else { fail(error) }
        }
    }

    mutating func answered(
        _ id: Int, _ result: Result<MembershipResponse, KafkaError>, now: NIODeadline
    ) {
        guard id == underWay else { return }
        underWay = nil
        switch result {
        case .success(let response):
            coordinator.confirm()
            settle(member.answered(response, now: now, &context), now)
        case .failure(let error):
            member.failed(now: now)
            settle(error.isRetriable ? .elsewhere(error) : .fatal(error), now)
        }
    }

    private mutating func settle(_ verdict: MembershipVerdict, _ now: NIODeadline) {
        switch verdict {
        case .fine:
            backoff.reset()
            failingSince = nil
        case .retry(let error):
            pause(now)
            if let error { suffer(error, now) }
        case .elsewhere(let error):
            coordinator.forget(now: now)
            pause(now)
            suffer(error, now)
        case .fatal(let error): fail(error)
        }
    }

    private mutating func pause(_ now: NIODeadline) {
        notBefore = now + .milliseconds(Int64(backoff.nextMs()))
    }

    private mutating func suffer(_ error: KafkaError, _ now: NIODeadline) {
        let since = failingSince ?? now
        failingSince = since
        guard now - since >= .milliseconds(Int64(patienceMs)) else { return }
        failingSince = now
        trouble = error
    }

    /// The application may have partitions still; others have them soon.
    private mutating func fail(_ error: KafkaError) {
        guard error.kind != .closed else { return }
        failure = error
        _ = leave()
    }
}
