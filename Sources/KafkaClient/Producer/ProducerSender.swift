internal import KafkaBase
internal import KafkaRecords
internal import KafkaTransport
internal import KafkaWire
internal import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Synchronization

/// Carries a producer's batches to the brokers: executes what `SenderState` decides.
///
/// The state and what is around it belong to `eventLoop`; `submit`, `batchOpened` and the memory
/// pool may be used from any thread; hence unchecked.
final class ProducerSender: BatchSink, @unchecked Sendable {
    let eventLoop: any EventLoop
    let budget: BufferBudget
    let client: KafkaClient
    let configuration: ProducerConfiguration
    private let onDelivery: (@Sendable (DeliveryReport) -> Void)?
    let isIdempotent: Bool

    // Any thread.
    private let inbox = NIOLockedValueBox<[ProducerBatch]>([])
    private let isWakeScheduled = Atomic<Bool>(false)
    private let isLingerScheduled = Atomic<Bool>(false)
    private let freeMemory = NIOLockedValueBox<[BatchMemory]>([])
    private static let freeMemoryLimit = 8
    private let compressors: BatchCompressors?

    // The event loop's.
    var state: SenderState
    var topics: [String: TopicProducer] = [:]
    let cluster: ClusterLink
    private var flushes: [Flush] = []
    private var firstError: KafkaError?
    var isAskingIdentity = false
    /// Who waits for the request under way that adds partitions to the transaction.
    var additionWaiters: [EventLoopPromise<Void>] = []
    /// What the topics were told last.
    var lastRefusal: KafkaError?

    private struct Flush {
        /// Batches up to this place are waited for.
        var upTo: UInt64
        var remaining: Int
        var promise: EventLoopPromise<Void>
    }

    init(
        client: KafkaClient, configuration: ProducerConfiguration,
        onDelivery: (@Sendable (DeliveryReport) -> Void)?
    ) {
        self.client = client
        self.configuration = configuration
        self.onDelivery = onDelivery
        cluster = ClusterLink(client)
        eventLoop = cluster.eventLoop
        budget = BufferBudget(limitBytes: configuration.bufferBytes)
        isIdempotent = configuration.idempotent && configuration.acks == .all
        // Brokers know a producer's last five batches: with more under way, an older one that is
        // repeated would not be found to be a duplicate.
        let maxInFlight = min(configuration.maxInFlightPerBroker, isIdempotent ? 5 : .max)
        state = SenderState(
            limits: SenderState.Limits(
                maxInFlightPerBroker: max(1, maxInFlight),
                deliveryTimeoutMs: client.configuration.deliveryTimeoutMs,
                topicPropagationMs: client.configuration.topicPropagationMs,
                retries: configuration.retries,
                reachTimeoutMs: client.configuration.timeoutMs,
                isIdempotent: isIdempotent, stopsAtFailure: configuration.stopsAtFailure,
                backoff: client.configuration.backoff))
        if configuration.transactionalID != nil { state.transaction = ProducerTransaction() }
        let compression = configuration.compression
        compressors = compression.codec == .none ? nil : BatchCompressors(compression)
    }

    // MARK: Any thread

    var now: NIODeadline { .now() }

    func reserve(_ bytes: Int) -> Bool { budget.reserve(bytes) }

    func release(_ bytes: Int) { budget.release(bytes) }

    /// Memory to fill a batch in.
    func takeMemory() -> BatchMemory {
        freeMemory.withLockedValue { $0.popLast() }
            ?? BatchMemory(capacityBytes: 16 << 10)
    }

    private func giveBack(_ memory: BatchMemory) {
        freeMemory.withLockedValue { free in
            if free.count < ProducerSender.freeMemoryLimit { free.append(memory) }
        }
    }

    /// Takes a closed batch. Batches of one partition are to come in order.
    func submit(_ batch: ProducerBatch) {
        batch.partition.unsentCount.wrappingAdd(1, ordering: .relaxed)
        if let compressors, case .filled(let memory) = batch.content {
            batch.content = .compressing
            compressors.compress(memory) { result in
                self.giveBack(memory)
                self.eventLoop.execute {
                    switch result {
                    case .success(let bytes): batch.content = .encoded(bytes)
                    case .failure(let error): batch.content = .failed(error)
                    }
                    self.pump()
                }
            }
        }
        inbox.withLockedValue { $0.append(batch) }
        wake()
    }

    private func wake() {
        guard !isWakeScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.execute {
            self.isWakeScheduled.store(false, ordering: .sequentiallyConsistent)
            self.pump()
        }
    }

    /// A batch was opened: it has to be closed when its time is up.
    func batchOpened() {
        guard !isLingerScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.execute { self.scheduleLinger(from: .now()) }
    }

    // MARK: Calls from tasks

    /// Makes a topic known, so that its leaders are kept up to date.
    func register(_ topic: TopicProducer, _ metadata: ClusterMetadata.Topic) async {
        try? await eventLoop.submit {
            self.topics[topic.name] = topic
            if let transaction = self.state.transaction { topic.refuse(transaction.refusal) }
            self.take(metadata)
        }.get()
    }

    /// Gets the producer's id when there is none yet.
    func ensureIdentity() async throws(KafkaError) {
        guard isIdempotent, configuration.transactionalID == nil else { return }
        let known = try? await eventLoop.submit { self.state.identity != nil }.get()
        guard known != true else { return }
        let identity = try await client.initProducerID()
        try? await eventLoop.submit {
            if self.state.identity == nil { self.state.setIdentity(identity) }
        }.get()
    }

    /// Waits for all that was submitted before, or until the task is cancelled.
    func flush() async throws(KafkaError) {
        let promise = eventLoop.makePromise(of: Void.self)
        // The cancellation may come to the event loop before the flush does.
        let isCancelled = NIOLockedValueBox(false)
        do {
            try await withTaskCancellationHandler {
                try await eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
                    guard !isCancelled.withLockedValue({ $0 }) else {
                        promise.fail(KafkaError.cancelled)
                        return promise.futureResult
                    }
                    self.closeAllBatches()
                    self.pump()
                    self.flushes.append(
                        Flush(
                            upTo: self.state.lastAddedOrder,
                            remaining: self.state.outstandingCount, promise: promise))
                    self.finishFlushes()
                    return promise.futureResult
                }.get()
            } onCancel: {
                isCancelled.withLockedValue { $0 = true }
                eventLoop.execute { self.forgetFlush(promise) }
            }
            if configuration.acks == .none { try await confirm() }
        } catch {
            throw KafkaError(any: error)
        }
    }

    /// With acks 0: waits until the brokers have read what was sent. Otherwise it would be lost
    /// with the connection, or with a broker that ends.
    private func confirm() async throws {
        let timeoutMs = client.configuration.requestTimeoutMs
        let answers = try await eventLoop.submit {
            self.cluster.open.map { connection in
                connection.send(ApiVersionsRequest.ofThisSoftware, timeoutMs: timeoutMs)
            }
        }.get()
        for answer in answers { _ = try await answer.get() }
    }

    /// Gives up what waits, if no broker is connected now.
    func abandonIfUnreachable() async {
        try? await eventLoop.submit {
            self.closeAllBatches()
            self.takeInbox()
            self.state.abandonIfUnreachable(now: .now())
            self.pump()
        }.get()
    }

    /// Gives up what is left, and lets go of connections and threads.
    func close() async {
        try? await eventLoop.submit {
            for topic in self.topics.values { topic.close() }
            self.takeInbox()
            self.state.failAll(.closed)
            self.pump()
            self.topics = [:]
        }.get()
        budget.close()
        await cluster.close()
        await compressors?.close()
    }

    // MARK: The event loop

    private func closeAllBatches() {
        for topic in topics.values { topic.sendPending() }
    }

    private func takeInbox() {
        let batches = inbox.withLockedValue { batches in
            defer { batches.removeAll(keepingCapacity: true) }
            return batches
        }
        for batch in batches { state.add(batch) }
    }

    /// Does what there is to do now.
    func pump() {
        eventLoop.preconditionInEventLoop()
        takeInbox()
        let actions = state.next(now: .now())
        cluster.carryOut(actions.links, for: self)
        for request in actions.send { send(request) }
        for order in actions.cuts { countForFlushes(order, 1) }
        for completion in actions.completions { complete(completion) }
        if actions.needsIdentity { askIdentity() }
        if !actions.additions.isEmpty { add(actions.additions) }
        applyTransaction()
        let registered = cluster.metadataIsOld ? Array(topics.keys) : []
        if cluster.refresh(actions.refresh.union(registered), for: self) {
            state.reaching(now: .now())
        }
        finishFlushes()
    }

    private func complete(_ completion: SenderState.Completion) {
        let batch = completion.batch
        if case .filled(let memory) = batch.content {
            memory.builder.removeAll()
            giveBack(memory)
        }
        budget.release(batch.reservedBytes)
        var report = DeliveryReport(
            topic: batch.partition.partition.topic, partition: batch.partition.partition.partition,
            baseOffset: -1, recordCount: batch.recordCount)
        report.payloadBytes = batch.payloadBytes
        switch completion.result {
        case .success(let offset):
            report.baseOffset = offset
            report.appendTimeMs = completion.appendTimeMs
            if case .encoded(let bytes) = batch.content { report.batch = bytes }
        case .failure(let error):
            report.error = error
            if firstError == nil { firstError = error }
        }
        countForFlushes(batch.order, -1)
        if !batch.deliveries.isEmpty { batch.tell(completion.result) }
        onDelivery?(report)
    }

    private func countForFlushes(_ order: UInt64, _ change: Int) {
        for index in flushes.indices where order <= flushes[index].upTo {
            flushes[index].remaining += change
        }
    }

    private func finishFlushes() {
        while let flush = flushes.first, flush.remaining <= 0 {
            flushes.removeFirst()
            if let firstError {
                self.firstError = nil
                flush.promise.fail(firstError)
            } else {
                flush.promise.succeed()
            }
        }
    }

    /// Whoever waits for it was cancelled.
    private func forgetFlush(_ promise: EventLoopPromise<Void>) {
        guard let index = flushes.firstIndex(where: { $0.promise == promise }) else { return }
        flushes.remove(at: index)
        promise.fail(KafkaError.cancelled)
    }

    // MARK: Linger

    private func scheduleLinger(from time: NIODeadline) {
        let linger = TimeAmount.milliseconds(Int64(max(0, configuration.lingerMs)))
        eventLoop.scheduleTask(deadline: time + linger) { self.lingerIsOver() }
    }

    private func lingerIsOver() {
        isLingerScheduled.store(false, ordering: .sequentiallyConsistent)
        let linger = TimeAmount.milliseconds(Int64(max(0, configuration.lingerMs)))
        let limit = NIODeadline.now() - linger
        let oldest = topics.values.compactMap { $0.closeBatches(openedBefore: limit) }.min()
        if let oldest, !isLingerScheduled.exchange(true, ordering: .acquiringAndReleasing) {
            scheduleLinger(from: max(oldest, limit + .milliseconds(1)))
        }
    }

    // MARK: Requests

    private func send(_ request: SenderState.Request) {
        guard let connection = cluster[request.broker] else {
            return fail(request, KafkaError(.connectionFailed, "broker \(request.broker) is gone"))
        }
        let hasIDs = request.batches.allSatisfy { $0.partition.topicID != nil }
        // From version 12 on a transaction takes a partition in by itself (KIP-890).
        let isVersion2 = state.transaction?.isVersion2
        let limit: Int16 = isVersion2 == false ? 11 : hasIDs ? .max : 12
        guard
            let version = connection.versions.highestCommonVersion(
                of: ProduceRequest.self, limit: limit), version >= (isVersion2 == true ? 12 : 3)
        else {
            let error = ConnectionError.unsupportedVersion(connection.address, .produce)
            return fail(request, KafkaError(error))
        }
        if configuration.compression.codec == .zstd, version < 7 {
            return fail(
                request,
                KafkaError(
                    .unsupported,
                    "\(connection.address): the broker is too old for zstd (KIP-110)"))
        }
        do {
            var message = try ProduceRequest(
                request.batches, acks: configuration.acks,
                timeoutMs: client.configuration.requestTimeoutMs, giveBack: giveBack)
            message.transactionalId = configuration.transactionalID
            if configuration.acks == .none {
                connection.sendWithoutAnswer(
                    message, version: version, timeoutMs: client.configuration.requestTimeoutMs
                ).whenComplete { result in
                    self.sent(request, result.mapError { KafkaError(any: $0) })
                }
            } else {
                connection.send(
                    message, version: version, timeoutMs: client.configuration.requestTimeoutMs
                ).whenComplete { result in
                    self.answered(request, result.mapError { KafkaError(any: $0) })
                }
            }
        } catch {
            fail(request, KafkaError(.invalidArgument, "\(error)"))
        }
    }

    private func fail(_ request: SenderState.Request, _ error: KafkaError) {
        state.failed(request.id, error, now: .now())
        wake()
    }

    /// With acks 0: the bytes are with the operating system, or not.
    private func sent(_ request: SenderState.Request, _ result: Result<Void, KafkaError>) {
        switch result {
        case .success:
            let answers = request.batches.map {
                ($0.partition.partition, SenderState.Answer(code: .none))
            }
            state.answered(
                request.id, Dictionary(answers) { first, _ in first }, now: .now())
        case .failure(let error): state.failed(request.id, error, now: .now())
        }
        pump()
    }

    private func answered(
        _ request: SenderState.Request, _ result: Result<ProduceResponse, KafkaError>
    ) {
        let now = NIODeadline.now()
        switch result {
        case .success(let response):
            state.answered(
                request.id, response.answers(to: request.batches),
                throttleMs: response.throttleTimeMs, now: now)
        case .failure(let error):
            client.logger.debug("produce failed", metadata: ["reason": "\(error)"])
            state.failed(request.id, error, now: now)
        }
        pump()
    }
}
