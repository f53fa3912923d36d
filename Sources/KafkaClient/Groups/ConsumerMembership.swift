internal import KafkaBase
internal import KafkaWire
internal import NIOCore

/// A member's side of KIP-848: one heartbeat that joins, reports what the member has, and brings
/// what it is to have (Java's `ConsumerMembershipManager`).
struct ConsumerMembership: GroupMembership {
    /// From which the coordinator matches regular expressions.
    static let firstVersionWithPatterns: Int16 = 1

    private struct Subscription: Equatable {
        /// None where the coordinator finds them.
        var names: [String]
        /// A regular expression; empty for none.
        var expression: String

        init(_ topics: SubscribedTopics) {
            expression = topics.subscription.expression
            names = topics.isMatchedByCoordinator && !expression.isEmpty ? [] : topics.names
        }
    }

    private static let joiningEpoch: Int32 = 0
    private static let leavingEpoch: Int32 = -1
    /// A static member that may be back (KIP-345).
    private static let leavingForNowEpoch: Int32 = -2

    /// Chosen here, for the life of the member (KIP-1082).
    private let memberID: String
    private var epoch = ConsumerMembership.joiningEpoch
    private var intervalMs: Int
    private var nextHeartbeatAt = NIODeadline.uptimeNanoseconds(0)
    /// What the coordinator was told last; nil tells it anew.
    private var reported: Set<TopicPartition>?
    private var reportedSubscription: Subscription?
    /// Whether the coordinator may have one, which is to be taken back then.
    private var hasSentExpression = false
    /// Whether the coordinator waits to hear that its last assignment is in force. What the member
    /// has may be what it had before: an assignment that was taken back before it was begun.
    private var owesReport = false
    /// The last assignment that came.
    private var assignment: [Uuid: Set<Int32>] = [:]
    /// Told in the request under way.
    private var telling: (partitions: Set<TopicPartition>?, subscription: Subscription?)
    /// What the member is to have, while not all topics' names are known.
    private var unnamed: [Uuid: Set<Int32>]?
    /// Whether the cluster was asked for the names of those.
    private var wasAskedFor = false

    init(memberID: String, intervalMs: Int) {
        self.memberID = memberID
        self.intervalMs = intervalMs
        telling = (nil, nil)
    }

    private var isMember: Bool { epoch > 0 }

    var identity: (memberID: String, generation: Int32)? { isMember ? (memberID, epoch) : nil }

    /// The coordinator does.
    var isLeader: Bool { false }

    /// Whether it knows what it is to have.
    var isStable: Bool { isMember && unnamed == nil }

    // MARK: The next request

    mutating func next(
        now: NIODeadline, _ context: inout MembershipContext, wakeAt: inout NIODeadline?
    ) -> MembershipRequest? {
        if unnamed != nil, context.topics.isFresh { resolve(&context) }
        let isSettled = context.ownership.isSettled
        // What was lost is to be given up before the coordinator hands out anything new.
        guard isMember || isSettled else { return nil }
        let owned = context.ownership.owned
        let hasOwnedNews = isSettled && unnamed == nil && (owesReport || reported != owned)
        let subscription = Subscription(context.topics)
        guard hasOwnedNews || reportedSubscription != subscription || nextHeartbeatAt <= now else {
            wakeAt = nextHeartbeatAt
            return nil
        }
        let configuration = context.configuration
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = configuration.groupID
        request.memberId = memberID
        request.memberEpoch = epoch
        request.instanceId = configuration.instanceID
        telling = (nil, nil)
        if !isMember || reported == nil {
            request.rackId = configuration.rackID
            request.rebalanceTimeoutMs = Int32(clamping: configuration.maxPollIntervalMs)
            request.serverAssignor = configuration.remoteAssignor
        }
        if reportedSubscription != subscription {
            // Both, of which `GroupSession` sends what the coordinator can take.
            request.subscribedTopicNames = context.topics.names
            if !subscription.expression.isEmpty || hasSentExpression {
                request.subscribedTopicRegex = subscription.expression
                hasSentExpression = true
            }
            telling.subscription = subscription
        }
        if reported == nil || hasOwnedNews {
            request.topicPartitions = byID(isMember ? owned : [], context)
            telling.partitions = isMember ? owned : []
        }
        return .consumerHeartbeat(request)
    }

    func timeoutMs(
        of request: MembershipRequest, _ configuration: GroupConfiguration, requestTimeoutMs: Int
    ) -> Int { requestTimeoutMs }

    private func byID(
        _ partitions: Set<TopicPartition>, _ context: MembershipContext
    ) -> [ConsumerGroupHeartbeatRequest.TopicPartitions] {
        partitions.byTopic.compactMap { topic, numbers in
            guard let id = context.topics.known[topic]?.id else { return nil }
            var entry = ConsumerGroupHeartbeatRequest.TopicPartitions()
            entry.topicId = id
            entry.partitions = numbers
            return entry
        }
    }

    // MARK: Answers

    mutating func answered(
        _ response: MembershipResponse, now: NIODeadline, _ context: inout MembershipContext
    ) -> MembershipVerdict {
        guard case .consumerHeartbeat(let response) = response else { return .fine }
        switch response.errorCode {
        case .none: break
        case .unknownMemberId, .fencedMemberEpoch:
            lose(&context)
            return .retry(nil)
        case .fencedInstanceId, .unreleasedInstanceId:
            return .fatal(.fenced(context.configuration))
        case let code:
            forgetReports()
            nextHeartbeatAt = now
            return MembershipVerdict(
                code, context.configuration.groupID, detail: response.errorMessage)
        }
        epoch = response.memberEpoch
        if response.heartbeatIntervalMs > 0 { intervalMs = Int(response.heartbeatIntervalMs) }
        nextHeartbeatAt = now + .milliseconds(Int64(intervalMs))
        if let partitions = telling.partitions {
            reported = partitions
            owesReport = false
        }
        if var subscription = telling.subscription {
            // It may have turned out only with this request who matches.
            if context.topics.isMatchedByCoordinator, !subscription.expression.isEmpty {
                subscription.names = []
            }
            reportedSubscription = subscription
        }
        if let assignment = response.assignment { take(assignment, &context) }
        return .fine
    }

    mutating func failed(now: NIODeadline) {
        forgetReports()
        nextHeartbeatAt = now
    }

    private mutating func forgetReports() {
        reported = nil
        reportedSubscription = nil
    }

    private mutating func take(
        _ new: ConsumerGroupHeartbeatResponse.Assignment, _ context: inout MembershipContext
    ) {
        let partitions = new.topicPartitions.reduce(into: [Uuid: Set<Int32>]()) {
            $0[$1.topicId, default: []].formUnion($1.partitions)
        }
        // The same again answers a report, and asks for none.
        if partitions != assignment { owesReport = true }
        assignment = partitions
        unnamed = partitions
        resolve(&context)
    }

    /// Takes an assignment over once the names of its topics are known. A topic that is not there
    /// when the cluster was asked is gone, or one of Kafka's own that an expression has matched.
    private mutating func resolve(_ context: inout MembershipContext) {
        guard let unnamed else { return }
        var target: Set<TopicPartition> = []
        for (id, partitions) in unnamed {
            guard let name = context.topics.name(of: id) else {
                if context.topics.isFresh, wasAskedFor { continue }
                wasAskedFor = true
                context.topics.require()
                return
            }
            for partition in partitions {
                target.insert(TopicPartition(topic: name, partition: partition))
            }
        }
        wasAskedFor = false
        self.unnamed = nil
        context.ownership.assign(target)
    }

    // MARK: Other events

    mutating func commitRefused(
        _ code: ErrorCode, generation: Int32, _ context: inout MembershipContext
    ) {
        guard generation == epoch, isMember else { return }
        switch code {
        case .unknownMemberId, .fencedMemberEpoch: lose(&context)
        // The next heartbeat brings the epoch.
        case .staleMemberEpoch: nextHeartbeatAt = .uptimeNanoseconds(0)
        default: break
        }
    }

    mutating func leave(_ context: inout MembershipContext) -> MembershipRequest? {
        guard isMember else { return nil }
        lose(&context)
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = context.configuration.groupID
        request.memberId = memberID
        request.instanceId = context.configuration.instanceID
        request.memberEpoch =
            context.configuration.instanceID == nil
            ? ConsumerMembership.leavingEpoch : ConsumerMembership.leavingForNowEpoch
        return .consumerHeartbeat(request)
    }

    /// Others may have this member's partitions already.
    private mutating func lose(_ context: inout MembershipContext) {
        epoch = ConsumerMembership.joiningEpoch
        assignment = [:]
        owesReport = false
        unnamed = nil
        wasAskedFor = false
        forgetReports()
        nextHeartbeatAt = .uptimeNanoseconds(0)
        context.ownership.loseAll()
    }
}

extension ConsumerGroupHeartbeatRequest {
    /// As a coordinator of a version takes it: one that matches regular expressions needs no names
    /// beside.
    func subscribing(version: Int16) -> ConsumerGroupHeartbeatRequest {
        var request = self
        if version < ConsumerMembership.firstVersionWithPatterns {
            request.subscribedTopicRegex = nil
        } else if let expression = subscribedTopicRegex, !expression.isEmpty {
            request.subscribedTopicNames = []
        }
        return request
    }
}
