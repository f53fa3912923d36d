internal import KafkaBase
internal import KafkaTransport
internal import KafkaWire
internal import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore

/// Keeps a consumer in its group: carries out what `MembershipState` decides. `GroupConsumer` owns
/// it and closes it.
///
/// Any thread. Requests of the membership go over a connection of their own, since JoinGroup may
/// take minutes to be answered; commits do not wait behind it.
final class GroupSession: Sendable {
    private struct Shell {
        var timer: (at: NIODeadline, task: Scheduled<Void>)?
        var isClosed = false
        var forms = GroupForms()
    }

    /// How long a farewell may take, in ms.
    private static let farewellMs = 3000

    private let client: KafkaClient
    private let key: CoordinatorKey
    private let stream: Int
    private let eventLoop: any EventLoop
    private let state: NIOLockedValueBox<MembershipState>
    private let shell = NIOLockedValueBox(Shell())
    /// Called when `poll` has something to do.
    private let wake: @Sendable () -> Void

    init(
        _ client: KafkaClient, _ configuration: GroupConfiguration,
        _ subscription: GroupSubscription, on eventLoop: any EventLoop,
        wake: @escaping @Sendable () -> Void
    ) {
        self.client = client
        self.eventLoop = eventLoop
        self.wake = wake
        key = .group(configuration.groupID)
        stream = client.nextStream()
        state = NIOLockedValueBox(
            MembershipState(
                configuration, subscription, client.configuration,
                memberID: Uuid.random().hyphenated))
    }

    // MARK: The application

    var metadata: ConsumerGroupMetadata { state.withLockedValue { $0.metadata } }

    var owned: Set<TopicPartition> { state.withLockedValue { $0.owned } }

    var isStable: Bool { state.withLockedValue { $0.isStable } }

    /// `poll` was called, or goes on.
    func pollCalled() {
        state.withLockedValue { $0.pollCalled(now: .now()) }
    }

    func pollWaits() {
        state.withLockedValue { $0.pollWaits() }
    }

    func takeError() -> KafkaError? { state.withLockedValue { $0.takeError() } }

    func beginStep() -> RebalanceStep? { state.withLockedValue { $0.beginStep() } }

    func finishStep() {
        state.withLockedValue { $0.finishStep() }
        pump()
    }

    func abandonStep() {
        state.withLockedValue { $0.abandonStep() }
    }

    func subscribe(to subscription: GroupSubscription) {
        state.withLockedValue { $0.subscribe(to: subscription) }
        pump()
    }

    func commitRefused(_ code: ErrorCode, generation: Int32) {
        state.withLockedValue { $0.commitRefused(code, generation: generation) }
        pump()
    }

    /// Ends without a word to the coordinator.
    func abandon() {
        _ = state.withLockedValue { $0.close() }
        closeShell()
    }

    /// Leaves the group, and does not wait for long where nobody answers.
    func close() async {
        let farewell = state.withLockedValue { $0.close() }
        closeShell()
        if let farewell { await say(farewell) }
    }

    private func closeShell() {
        shell.withLockedValue { shell in
            shell.isClosed = true
            shell.timer?.task.cancel()
            shell.timer = nil
        }
        client.pool.close(.stream(stream))
    }

    // MARK: Actions

    /// Does what there is to do now.
    func pump() {
        guard !shell.withLockedValue({ $0.isClosed }) else { return }
        let (actions, hasNews) = state.withLockedValue { state in
            let actions = state.next(now: .now())
            return (actions, state.hasNews)
        }
        if hasNews { wake() }
        if actions.findsCoordinator { findCoordinator() }
        if let refresh = actions.refresh { self.refresh(refresh) }
        if let outgoing = actions.send { send(outgoing) }
        if let farewell = actions.farewell { Task { await say(farewell) } }
        if let time = actions.wakeAt { wake(at: time) }
    }

    private func wake(at time: NIODeadline) {
        shell.withLockedValue { shell in
            guard !shell.isClosed else { return }
            if let timer = shell.timer, timer.at <= time { return }
            shell.timer?.task.cancel()
            let task = eventLoop.scheduleTask(deadline: time) { [weak self] in
                guard let self else { return }
                self.shell.withLockedValue { $0.timer = nil }
                self.pump()
            }
            shell.timer = (time, task)
        }
    }

    private func findCoordinator() {
        client.forgetCoordinator(of: key)
        Task {
            let result = await KafkaError.result { () throws(KafkaError) in
                try await client.coordinator(of: key)
            }
            state.withLockedValue { $0.coordinatorFound(result, now: .now()) }
            pump()
        }
    }

    private func refresh(_ refresh: SubscribedTopics.Refresh) {
        let names: [String]?
        switch refresh {
        case .all: names = nil
        case .named(let topics): names = topics
        }
        Task {
            let result = await KafkaError.result { () throws(KafkaError) in
                try await client.fetchMetadata(names, autoCreate: false)
            }
            state.withLockedValue { $0.refreshed(result, now: .now()) }
            pump()
        }
    }

    private func send(_ outgoing: MembershipState.Outgoing) {
        Task {
            let result = await KafkaError.result { () throws(KafkaError) in
                try await answer(to: outgoing)
            }
            if case .failure(let error) = result {
                client.logger.debug(
                    "group request failed",
                    metadata: ["group": "\(key.id)", "reason": "\(error)"])
            }
            state.withLockedValue { $0.answered(outgoing.id, result, now: .now()) }
            pump()
        }
    }

    private func answer(
        to outgoing: MembershipState.Outgoing
    ) async throws(KafkaError) -> MembershipResponse {
        let connection = try await client.connection(
            toBroker: outgoing.broker, stream: stream, on: eventLoop)
        let forms = GroupForms(connection.versions)
        shell.withLockedValue { $0.forms = forms }
        do {
            switch outgoing.request {
            case .join(let request):
                return .join(try await send(request, over: connection, forms, outgoing).get())
            case .sync(let request):
                return .sync(try await send(request, over: connection, forms, outgoing).get())
            case .heartbeat(let request):
                return .heartbeat(try await send(request, over: connection, forms, outgoing).get())
            case .consumerHeartbeat(let request):
                let version = connection.versions.highestCommonVersion(
                    of: ConsumerGroupHeartbeatRequest.self)
                state.withLockedValue { $0.speaks(version: version ?? 0) }
                return .consumerHeartbeat(
                    try await send(
                        request.subscribing(version: version ?? 0), over: connection, forms,
                        outgoing
                    ).get())
            case .leave:
                throw KafkaError(.invalidArgument, "a farewell has no answer")
            }
        } catch {
            throw explained(KafkaError(any: error), outgoing.request)
        }
    }

    private func send<Request: RequestMessage>(
        _ request: Request, over connection: ClientConnection, _ forms: GroupForms,
        _ outgoing: MembershipState.Outgoing
    ) -> EventLoopFuture<Request.Response> {
        let version = connection.versions.highestCommonVersion(
            of: Request.self, limit: forms.limit(of: Request.apiKey))
        return connection.send(request, version: version, timeoutMs: outgoing.timeoutMs)
    }

    /// A broker that lacks an API says so by its version alone.
    private func explained(_ error: KafkaError, _ request: MembershipRequest) -> KafkaError {
        guard error.kind == .unsupported, case .consumerHeartbeat = request else { return error }
        return KafkaError(
            .unsupported,
            "group \(key.id): the broker lacks group.protocol=consumer (KIP-848); use classic")
    }

    /// Tells the coordinator, for `farewellMs` at most.
    private func say(_ farewell: MembershipRequest) async {
        let maxVersion = shell.withLockedValue { $0.forms.limit(of: .leaveGroup) }
        let task = Task { [client, key] in
            switch farewell {
            case .leave(let memberID):
                _ = try? await client.send(
                    to: .coordinator(key), timeoutMs: GroupSession.farewellMs,
                    maxVersion: maxVersion
                ) { version throws(KafkaError) in
                    LeaveGroupRequest(key.id, memberID, version)
                }
            case .consumerHeartbeat(let request):
                _ = try? await client.send(
                    request, to: .coordinator(key), timeoutMs: GroupSession.farewellMs)
            case .join, .sync, .heartbeat: break
            }
        }
        let timer = eventLoop.scheduleTask(in: .milliseconds(Int64(GroupSession.farewellMs))) {
            task.cancel()
        }
        await task.value
        timer.cancel()
    }
}

extension LeaveGroupRequest {
    fileprivate init(_ group: String, _ memberID: String, _ version: Int16) {
        self.init()
        groupId = group
        guard version >= 3 else {
            memberId = memberID
            return
        }
        var member = MemberIdentity()
        member.memberId = memberID
        member.reason = "the consumer is being closed"
        members = [member]
    }
}
