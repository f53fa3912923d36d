internal import DequeModule
internal import KafkaBase
internal import KafkaRecords
internal import NIOCore
internal import Synchronization

/// Decides which batches go to which broker when, and what becomes of them. Takes events, returns
/// actions; no clock, no socket of its own.
///
/// Confined to the sender's event loop. Holds what the producer's buffer bounds.
///
/// A partition's batches arrive in order: after a failure nothing more of that partition is sent
/// until all that is in flight has come back, then all of it is sent again in order. With
/// idempotence the sequences let the broker drop what it had taken already (KIP-98); a batch given
/// up leaves a hole in the sequence, and the partition goes on with the next epoch (KIP-360). In a
/// transaction only what the transaction admits is sent, and a batch given up ends it.
struct SenderState {
    let limits: Limits
    /// Nil for a producer without transactions.
    var transaction: ProducerTransaction?
    private(set) var identity: ProducerIdentity?
    /// Batches whose completion was not handed out yet.
    private(set) var outstandingCount = 0
    private var links: BrokerLinks
    private var listed: [PartitionQueue] = []
    private var requests: [Int: Request] = [:]
    private var lastRequestID = 0
    private var lastOrder: UInt64 = 0
    private var staleTopics: Set<String> = []
    /// Topics that the cluster does not know any more, and since when.
    private var missingTopics: [String: NIODeadline] = [:]
    private var completions: [Completion] = []
    private var cuts: [UInt64] = []
    /// When the attempts began that have reached no broker.
    private var unreachedSince: NIODeadline?
    private var lastReachError: KafkaError?
    /// What was opened before is given up, as no broker was reached.
    private var abandoned: (before: NIODeadline, error: KafkaError)?
    /// The batch that failed first, where what is behind it is not to be sent.
    private var firstFailed: ProducerBatch?

    init(limits: Limits) {
        self.limits = limits
        links = BrokerLinks(maxInFlight: limits.maxInFlightPerBroker, backoff: limits.backoff)
    }

    // MARK: Events

    /// A batch was closed. Returns its place in the order of all.
    @discardableResult
    mutating func add(_ batch: ProducerBatch) -> UInt64 {
        lastOrder += batch.orderSpan
        batch.order = lastOrder
        outstandingCount += 1
        batch.partition.waiting.append(batch)
        list(batch.partition)
        return lastOrder
    }

    /// The order of the batch that was added last.
    var lastAddedOrder: UInt64 { lastOrder + (1 << 20) - 1 }

    mutating func setIdentity(_ identity: ProducerIdentity) {
        self.identity = identity
    }

    mutating func setLeader(_ leader: Int32?, topicID: Uuid?, of partition: PartitionQueue) {
        partition.leader = leader
        partition.topicID = topicID
        if leader == nil { staleTopics.insert(partition.partition.topic) }
        missingTopics[partition.partition.topic] = nil
    }

    /// The cluster knows no topic of that name. It may be that it is being made anew, or that a
    /// broker lags behind: what waits is given up when that has lasted, as librdkafka does.
    mutating func missed(_ topic: String, now: NIODeadline) {
        if missingTopics[topic] == nil { missingTopics[topic] = now }
    }

    /// A connection stands.
    mutating func connected(_ broker: Int32) {
        links.connected(broker)
        reached()
    }

    /// A connection was lost or could not be made; its requests are reported by `failed`.
    mutating func disconnected(_ broker: Int32, now: NIODeadline) {
        // Until now one was reached.
        if links.isReady(broker) { unreachedSince = nil }
        links.disconnected(broker, now: now)
        for partition in listed where partition.leader == broker {
            staleTopics.insert(partition.partition.topic)
        }
    }

    /// An attempt to reach a broker begins.
    mutating func reaching(now: NIODeadline) {
        if unreachedSince == nil { unreachedSince = now }
    }

    /// Some broker answers.
    mutating func reached() {
        unreachedSince = nil
        lastReachError = nil
        abandoned = nil
    }

    /// An attempt to reach a broker failed. When none was reached for too long, what waits is given
    /// up; batches opened later get as much time again.
    mutating func unreached(_ error: KafkaError, now: NIODeadline) {
        lastReachError = error
        guard !links.isAnyReady, let since = unreachedSince,
            since + .milliseconds(Int64(limits.reachTimeoutMs)) <= now
        else { return }
        abandonIfUnreachable(now: now)
    }

    /// Gives up what waits, unless a broker is connected.
    mutating func abandonIfUnreachable(now: NIODeadline) {
        guard !links.isAnyReady else { return }
        abandoned = (now, lastReachError ?? KafkaError(.connectionFailed, "not connected"))
        unreachedSince = nil
    }

    /// A request was answered.
    mutating func answered(
        _ id: Int, _ answers: [TopicPartition: Answer], throttleMs: Int32 = 0, now: NIODeadline
    ) {
        guard let request = requests.removeValue(forKey: id) else { return }
        links.answered(by: request.broker, throttleMs: throttleMs, now: now)
        for batch in request.batches {
            let answer =
                answers[batch.partition.partition]
                ?? Answer(code: .unknownServerError, message: KafkaError.noAnswerDetail)
            settle(batch, answer, now: now)
        }
    }

    /// A request got no answer.
    mutating func failed(_ id: Int, _ error: KafkaError, now: NIODeadline) {
        guard let request = requests.removeValue(forKey: id) else { return }
        links.failed(at: request.broker)
        for batch in request.batches {
            batch.partition.inFlight.removeAll { $0 === batch }
            if error.isRetriable || error.kind == .corrupt {
                staleTopics.insert(batch.partition.partition.topic)
                retry(batch, error, now: now)
            } else {
                giveUp(batch, error)
            }
        }
    }

    /// Gives up everything that waits.
    mutating func failAll(_ error: KafkaError) {
        for partition in listed {
            while let batch = partition.takeFirst() { giveUp(batch, error) }
            for batch in partition.inFlight { giveUp(batch, error) }
            partition.inFlight = []
        }
        requests = [:]
        links.dropRequests()
    }

    // MARK: Actions

    /// What is to be done now.
    mutating func next(now: NIODeadline) -> Actions {
        var actions = Actions()
        dropWhatEndsWithTheTransaction()
        expire(now: now, &actions)
        dropWhatIsBehindAFailure()
        while gather(now: now, &actions) {}
        if !actions.links.connect.isEmpty { reaching(now: now) }
        // What expired has ended the transaction: nothing of it is left waiting.
        dropWhatEndsWithTheTransaction()
        actions.additions = transaction?.nextAddition() ?? []
        listed.removeAll { partition in
            let isIdle = partition.waiting.isEmpty && partition.inFlight.isEmpty
            if isIdle { partition.isListed = false }
            return isIdle
        }
        actions.refresh = staleTopics
        staleTopics = []
        actions.completions = completions
        outstandingCount -= completions.count
        if outstandingCount == 0 { unreachedSince = nil }
        completions = []
        actions.cuts = cuts
        cuts = []
        return actions
    }

    private mutating func list(_ partition: PartitionQueue) {
        guard !partition.isListed else { return }
        partition.isListed = true
        listed.append(partition)
    }

    /// Fills one request for each broker that can take one; false when there was nothing to send.
    private mutating func gather(now: NIODeadline, _ actions: inout Actions) -> Bool {
        var open: [Int32: Request] = [:]
        var bytes: [Int32: Int] = [:]
        for partition in listed {
            guard let batch = sendable(partition, now: now, &actions),
                let leader = partition.leader,
                open[leader] != nil || links.canSend(to: leader, now: now, &actions.links)
            else { continue }
            let size = bytes[leader, default: 0] + batch.sizeBytes
            guard size <= limits.requestBytes || open[leader] == nil else { continue }
            if open[leader] == nil {
                lastRequestID += 1
                open[leader] = Request(id: lastRequestID, broker: leader, batches: [])
            }
            guard let batch = partition.takeFirst() else { continue }
            assignSequence(batch)
            partition.inFlight.append(batch)
            open[leader]?.batches.append(batch)
            bytes[leader] = size
        }
        for request in open.values {
            requests[request.id] = request
            links.sent(to: request.broker)
            actions.send.append(request)
        }
        return !open.isEmpty
    }

    /// The partition's next batch, if it may be sent now.
    private mutating func sendable(
        _ partition: PartitionQueue, now: NIODeadline, _ actions: inout Actions
    ) -> ProducerBatch? {
        while case .failed(let error)? = partition.waiting.first?.content,
            let batch = partition.takeFirst()
        {
            giveUp(batch, KafkaError(.invalidArgument, "\(partition.partition): \(error)"))
        }
        guard let batch = partition.waiting.first else { return nil }
        if partition.isDraining {
            guard partition.inFlight.isEmpty else { return nil }
            drained(partition)
        }
        guard partition.notBefore <= now else {
            actions.links.wake(at: partition.notBefore)
            return nil
        }
        guard batch.isReady else { return nil }
        if transaction != nil {
            guard isAdmitted(partition) else { return nil }
        } else if limits.isIdempotent, partition.identity == nil {
            guard let identity else {
                actions.needsIdentity = true
                return nil
            }
            partition.identity = identity
            partition.nextSequence = 0
            partition.isKnown = false
        }
        guard partition.leader != nil else {
            staleTopics.insert(partition.partition.topic)
            return nil
        }
        let isAlone =
            partition.sendsOneAtATime || (limits.isIdempotent && !partition.isKnown)
            || isDoubtful(batch) || partition.inFlight.contains(where: isDoubtful)
        let limit = isAlone ? 1 : limits.maxInFlightPerBroker
        return partition.inFlight.count < limit ? batch : nil
    }

    /// Whether the broker may well refuse a batch, so that what is behind it had better wait: one
    /// record that is larger than batches are.
    private func isDoubtful(_ batch: ProducerBatch) -> Bool {
        limits.stopsAtFailure
            && batch.uncompressedBytes > batch.partition.batchBytesLimit.load(ordering: .relaxed)
    }

    /// Whether the transaction lets the partition's records be sent now.
    private mutating func isAdmitted(_ partition: PartitionQueue) -> Bool {
        guard transaction?.admits(partition.partition) == true else { return false }
        // Sequences begin anew with each epoch; nothing is in flight while it changes.
        if partition.identity != transaction?.identity {
            partition.identity = transaction?.identity
            partition.nextSequence = 0
        }
        return true
    }

    /// What waits while the transaction fails or is aborted will not be sent any more.
    private mutating func dropWhatEndsWithTheTransaction() {
        guard let error = transaction?.dropError else { return }
        for partition in listed {
            while let batch = partition.takeFirst() {
                if batch.identity != nil { transaction?.noteHole() }
                complete(batch, .failure(error))
            }
        }
    }

    /// Behind a batch are those of its partition that follow it, and those of other partitions that
    /// were begun later.
    private mutating func dropWhatIsBehindAFailure() {
        guard let failed = firstFailed else { return }
        for partition in listed {
            let isSame = partition === failed.partition
            while let last = partition.waiting.last,
                isSame ? last.order > failed.order : last.createdAt > failed.createdAt
            {
                partition.dropLast()
                complete(last, .failure(KafkaError(.closed, "not sent, as an earlier one failed")))
            }
        }
    }

    /// All that was in flight of a partition with a failure is back.
    private mutating func drained(_ partition: PartitionQueue) {
        partition.isDraining = false
        guard partition.needsNewEpoch else { return }
        partition.needsNewEpoch = false
        partition.nextSequence = 0
        guard var identity = partition.identity else { return }
        if identity.epoch < Int16.max {
            identity.epoch += 1
            partition.identity = identity
        } else {
            partition.identity = nil
            if self.identity?.id == identity.id { self.identity = nil }
        }
    }

    /// Numbers a batch that is sent for the first time, or again after the epoch has changed.
    private func assignSequence(_ batch: ProducerBatch) {
        guard limits.isIdempotent, let identity = batch.partition.identity,
            batch.identity != identity
        else { return }
        batch.identity = identity
        batch.sequence = batch.partition.nextSequence
        batch.partition.nextSequence = SequenceNumber.advance(
            batch.sequence, by: batch.recordCount)
    }

    /// Gives up batches that have waited for too long, or that wait for nobody.
    private mutating func expire(now: NIODeadline, _ actions: inout Actions) {
        let age = TimeAmount.milliseconds(Int64(limits.deliveryTimeoutMs))
        for partition in listed {
            let goneAt = goneAt(partition.partition.topic)
            while let batch = partition.waiting.first {
                var reason: KafkaError?
                if let goneAt, goneAt <= now { reason = gone(partition) }
                if let abandoned, batch.createdAt <= abandoned.before { reason = abandoned.error }
                if batch.createdAt + age <= now { reason = timedOut(batch) }
                guard let error = reason else {
                    actions.links.wake(at: min(batch.createdAt + age, goneAt ?? .distantFuture))
                    break
                }
                _ = partition.takeFirst()
                giveUp(batch, error)
            }
        }
    }

    /// When what waits for a topic that is missing is given up.
    private func goneAt(_ topic: String) -> NIODeadline? {
        missingTopics[topic].map { $0 + .milliseconds(Int64(limits.topicPropagationMs)) }
    }

    /// The topic may be there again when the next records for it come: it is asked for with them.
    private mutating func gone(_ partition: PartitionQueue) -> KafkaError {
        let topic = partition.partition.topic
        staleTopics.insert(topic)
        return KafkaError(
            .unknownTopic(topic),
            "unknown topic \(topic): the cluster has not known it for "
                + "\(limits.topicPropagationMs) ms"
        ).of(partition.partition)
    }

    // MARK: Answers

    private mutating func settle(_ batch: ProducerBatch, _ answer: Answer, now: NIODeadline) {
        let partition = batch.partition
        let isFirst = partition.inFlight.first === batch
        partition.inFlight.removeAll { $0 === batch }
        let error = KafkaError(
            answer.code, "deliver to \(partition.partition)", detail: answer.message
        ).of(partition.partition)
        switch answer.code {
        case .none, .duplicateSequenceNumber:
            partition.backoff.reset()
            partition.sendsOneAtATime = false
            partition.isKnown = true
            complete(
                batch, .success(answer.code == .none ? answer.baseOffset : -1),
                appendTimeMs: answer.appendTimeMs)
        case .messageTooLarge, .recordListTooLarge:
            if batch.recordCount > 1, let halves = BatchSplitter.split(batch) {
                putBack(halves, of: batch)
            } else {
                giveUp(batch, error)
            }
        case .outOfOrderSequenceNumber, .unknownProducerId, .invalidProducerEpoch:
            guard limits.isIdempotent else { return giveUp(batch, error) }
            // Behind a batch that failed it is only a consequence; by itself it means that the
            // broker has lost what it knew of this producer. A transaction cannot go on then.
            if isFirst && !partition.isDraining {
                if transaction != nil { return giveUp(batch, error) }
                partition.needsNewEpoch = true
            }
            retry(batch, error, now: now)
        case .concurrentTransactions:
            // The transaction before this one is still being completed there (KIP-890).
            retry(batch, error, now: now)
        case let code where code.isRetriable:
            staleTopics.insert(partition.partition.topic)
            // Not again to that broker before the cluster has been asked.
            if code == .notLeaderForPartition { partition.leader = nil }
            retry(batch, error, now: now)
        default:
            giveUp(batch, error)
        }
    }

    private mutating func retry(_ batch: ProducerBatch, _ error: KafkaError, now: NIODeadline) {
        let partition = batch.partition
        batch.lastError = error
        batch.retries += 1
        guard batch.retries <= limits.retries else { return giveUp(batch, error) }
        let age = TimeAmount.milliseconds(Int64(limits.deliveryTimeoutMs))
        guard batch.createdAt + age > now else { return giveUp(batch, timedOut(batch)) }
        if !partition.isDraining {
            partition.isDraining = true
            partition.notBefore = now + .milliseconds(Int64(partition.backoff.nextMs()))
        }
        if !limits.isIdempotent { partition.sendsOneAtATime = true }
        partition.putBack(batch)
        list(partition)
    }

    /// A batch was too large: its halves take its place.
    private mutating func putBack(_ halves: (ProducerBatch, ProducerBatch), of batch: ProducerBatch)
    {
        let partition = batch.partition
        partition.isDraining = true
        if !limits.isIdempotent || limits.stopsAtFailure { partition.sendsOneAtATime = true }
        partition.putBack(halves.0)
        partition.putBack(halves.1)
        partition.batchBytesLimit.store(max(1024, batch.uncompressedBytes / 2), ordering: .relaxed)
        outstandingCount += 1
        cuts.append(batch.order)
        list(partition)
    }

    private mutating func giveUp(_ batch: ProducerBatch, _ error: KafkaError) {
        if transaction != nil {
            // What fails behind the first failure has it as its reason.
            let reason = transaction?.dropError ?? error
            transaction?.batchFailed(error)
            return complete(batch, .failure(reason))
        }
        if batch.identity != nil {
            batch.partition.isDraining = true
            batch.partition.needsNewEpoch = true
        }
        if limits.stopsAtFailure, firstFailed == nil { firstFailed = batch }
        complete(batch, .failure(error))
    }

    private mutating func complete(
        _ batch: ProducerBatch, _ result: Result<Int64, KafkaError>, appendTimeMs: Int64 = -1
    ) {
        completions.append(Completion(batch: batch, result: result, appendTimeMs: appendTimeMs))
    }

    private func timedOut(_ batch: ProducerBatch) -> KafkaError {
        let reason = batch.lastError.map { ": \($0.message)" } ?? ""
        var error = KafkaError(
            .timedOut,
            "not delivered to \(batch.partition.partition) within \(limits.deliveryTimeoutMs) ms"
                + reason)
        error.lastAnswer = batch.lastError?.errorCode
        return error.of(batch.partition.partition)
    }
}
