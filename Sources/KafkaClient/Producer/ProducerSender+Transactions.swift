internal import KafkaBase
internal import NIOCore

/// The transactions' calls: what `ProducerTransaction` lets be done, on the event loop, and the
/// requests that come of it, between them.
extension ProducerSender {
    /// Takes the transactional id.
    func initTransactions() async throws(KafkaError) {
        let id = try transactionalID
        guard await transaction?.phase == .uninitialized else { return }
        do throws(KafkaError) {
            let identity = try await client.initProducerID(
                id, transactionTimeoutMs: configuration.transactionTimeoutMs)
            let isVersion2 = try await client.hasTransactionVersion2(id)
            try await onLoop { () throws(KafkaError) in
                self.state.transaction?.initialized(identity, isVersion2: isVersion2)
            }
        } catch {
            throw await failed(error, in: .initProducerID)
        }
    }

    func beginTransaction() async throws(KafkaError) {
        _ = try transactionalID
        try await onLoop { () throws(KafkaError) in
            try self.state.transaction?.begin()
        }
    }

    /// Commits or aborts: no more records are taken, those that were are delivered or dropped, then
    /// the coordinator is told.
    func endTransaction(commits: Bool) async throws(KafkaError) {
        let id = try transactionalID
        try await onLoop { () throws(KafkaError) in
            try self.state.transaction?.beginEnd(commits: commits)
        }
        do throws(KafkaError) {
            try await flush()
        } catch {
            // What is dropped by an abort has failed as it should.
            if commits { throw await reason(of: error) }
        }
        await additionIsDone()
        let end = try await onLoop { () throws(KafkaError) in
            try self.state.transaction?.end()
        }
        guard let end else { return }
        let identity: ProducerIdentity
        do throws(KafkaError) {
            identity = try await tellCoordinator(id, end)
        } catch {
            throw await failed(error, in: .end)
        }
        try await onLoop { () throws(KafkaError) in
            self.state.transaction?.ended(identity)
        }
    }

    private func tellCoordinator(
        _ id: String, _ end: ProducerTransaction.End
    ) async throws(KafkaError) -> ProducerIdentity {
        var identity: ProducerIdentity? = end.identity
        var needsNewEpoch = end.needsNewEpoch
        if end.isKnown {
            do throws(KafkaError) {
                identity = try await client.endTransaction(id, end)
            } catch  where error.errorCode == .invalidProducerIdMapping && !end.commits {
                // The coordinator has forgotten the id, and with it the transaction.
                identity = nil
                needsNewEpoch = true
            }
        }
        if let identity, !needsNewEpoch { return identity }
        return try await client.initProducerID(
            id, transactionTimeoutMs: configuration.transactionTimeoutMs, previous: identity)
    }

    /// Makes a group's offsets a part of the transaction.
    func sendOffsets(
        _ offsets: [TopicPartition: OffsetAndMetadata], of group: ConsumerGroupMetadata
    ) async throws(KafkaError) {
        let id = try transactionalID
        let begun = try await onLoop { () throws(KafkaError) in
            try self.state.transaction?.beginOffsets()
        }
        guard let identity = begun else { return }
        let isVersion2 = await transaction?.isVersion2 ?? false
        if !isVersion2 {
            do throws(KafkaError) {
                try await client.addOffsets(of: group.groupID, to: id, identity)
            } catch {
                throw await failed(error, in: .addOffsets)
            }
            try await onLoop { () throws(KafkaError) in self.state.transaction?.offsetsAdded() }
        }
        do throws(KafkaError) {
            try await client.commitOffsets(
                offsets, of: group, in: id, identity, isVersion2: isVersion2)
        } catch {
            throw await failed(error, in: .commitOffsets)
        }
        try await onLoop { () throws(KafkaError) in self.state.transaction?.offsetsAdded() }
    }

    /// Whether a transaction is open or was not ended for certain.
    func isTransactionUnderWay() async -> Bool {
        await transaction?.isUnderWay ?? false
    }

    // MARK: The event loop

    /// Asks the coordinator to make partitions part of the transaction.
    func add(_ partitions: [TopicPartition]) {
        guard let id = configuration.transactionalID, let identity = state.transaction?.identity
        else { return }
        cluster.run { [client] () throws(KafkaError) in
            try await client.addPartitions(partitions, to: id, identity)
        } then: { result in
            var error: KafkaError?
            if case .failure(let failure) = result { error = failure }
            self.state.transaction?.added(partitions, error)
            for waiter in self.additionWaiters { waiter.succeed() }
            self.additionWaiters = []
            self.pump()
        }
    }

    /// Tells the topics whether they may take records.
    func applyTransaction() {
        guard let transaction = state.transaction else { return }
        let refusal = transaction.refusal
        guard refusal != lastRefusal else { return }
        lastRefusal = refusal
        for topic in topics.values { topic.refuse(refusal) }
    }

    // MARK: From tasks to the event loop

    private var transactionalID: String {
        get throws(KafkaError) {
            guard let id = configuration.transactionalID else {
                throw KafkaError(
                    .invalidArgument, "a transaction needs a transactional id (transactional.id)")
            }
            guard isIdempotent else {
                throw KafkaError(
                    .invalidArgument, "a transaction needs acks all and idempotence")
            }
            return id
        }
    }

    @discardableResult
    private func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable () throws(KafkaError) -> Value
    ) async throws(KafkaError) -> Value {
        do {
            return try await eventLoop.submit {
                let value = try body()
                self.pump()
                return value
            }.get()
        } catch {
            throw KafkaError(any: error)
        }
    }

    private var transaction: ProducerTransaction? {
        get async { try? await eventLoop.submit { self.state.transaction }.get() }
    }

    private func failed(_ error: KafkaError, in call: TransactionEffect.Call) async -> KafkaError {
        let told = try? await onLoop { () throws(KafkaError) in
            self.state.transaction?.failed(error, in: call)
        }
        return told ?? error
    }

    /// What the transaction failed with first, rather than what came of it.
    private func reason(of error: KafkaError) async -> KafkaError {
        let refusal = try? await onLoop { () throws(KafkaError) in
            self.state.transaction?.dropError
        }
        return refusal ?? error
    }

    /// A request that adds partitions must not come behind the one that ends the transaction.
    private func additionIsDone() async {
        try? await eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
            guard self.state.transaction?.isAdding == true else {
                return self.eventLoop.makeSucceededVoidFuture()
            }
            let promise = self.eventLoop.makePromise(of: Void.self)
            self.additionWaiters.append(promise)
            return promise.futureResult
        }.get()
    }
}
