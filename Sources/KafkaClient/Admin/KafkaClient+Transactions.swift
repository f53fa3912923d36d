public import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// The transactional ids of all brokers (KIP-664).
    ///
    /// ```swift
    /// let open = try await client.listTransactions(states: [.ongoing])
    /// ```
    ///
    /// - Parameters:
    ///   - states: only those in one of them; empty for any.
    ///   - producerIDs: only those of one of them; empty for any.
    ///   - longerThanMs: only those open for longer (KIP-994; ListTransactions from version 1).
    ///   - pattern: a regular expression for ids (KIP-1152; from version 2).
    public func listTransactions(
        states: Set<TransactionState> = [], producerIDs: Set<Int64> = [],
        longerThanMs: Int64? = nil, pattern: String? = nil
    ) async throws(KafkaError) -> TransactionListings {
        let answers = try await askBrokers(
            nil,
            { version throws(KafkaError) in
                guard version >= (pattern != nil ? 2 : longerThanMs != nil ? 1 : 0) else {
                    throw KafkaError(
                        .unsupported, "the broker is too old to filter transactions like that")
                }
                var request = ListTransactionsRequest()
                request.stateFilters = states.map(\.rawValue).sorted()
                request.producerIdFilters = producerIDs.sorted()
                if let longerThanMs { request.durationFilter = longerThanMs }
                if let pattern { request.transactionalIdPattern = pattern }
                return request
            }, errorCode: { $0.errorCode }, what: "transactions")
        var listings = TransactionListings()
        var unknown: Set<String> = []
        for (broker, answer) in answers {
            switch answer {
            case .success(let response):
                unknown.formUnion(response.unknownStateFilters)
                listings.transactions += response.transactionStates.map {
                    TransactionListing(
                        transactionalID: $0.transactionalId, producerID: $0.producerId,
                        state: TransactionState(rawValue: $0.transactionState),
                        coordinator: broker)
                }
            case .failure(let error): listings.failures[broker] = error
            }
        }
        listings.unknownStates = unknown.sorted().map(TransactionState.init)
        listings.transactions.sort {
            ($0.transactionalID, $0.coordinator) < ($1.transactionalID, $1.coordinator)
        }
        return listings
    }

    /// The present or last transaction of each id (KIP-664).
    ///
    /// ```swift
    /// let found = try await client.describeTransactions(["billing-1"])
    /// if case .success(let transaction)? = found["billing-1"] { print(transaction.state) }
    /// ```
    ///
    /// - Returns: for each id its transaction, or why not; TRANSACTIONAL_ID_NOT_FOUND where there
    ///   is none.
    public func describeTransactions(
        _ ids: [String]
    ) async throws(KafkaError) -> [String: Result<TransactionDescription, KafkaError>] {
        try await askCoordinators(of: ids.map { .transactionalID($0) }) {
            broker, keys throws(KafkaError) in
            var request = DescribeTransactionsRequest()
            request.transactionalIds = keys.map(\.id)
            let response = try await send(request, to: .broker(broker))
            var results: [CoordinatorKey: Result<TransactionDescription, KafkaError>] = [:]
            for state in response.transactionStates {
                let id = state.transactionalId
                results[.transactionalID(id)] =
                    state.errorCode == .none
                    ? .success(TransactionDescription(state, coordinator: broker))
                    : .failure(KafkaError(state.errorCode, "describe transaction \(id)"))
            }
            return results
        }.byGroup
    }

    /// The producers that each partition's leader keeps the state of, with their open transactions
    /// (KIP-664).
    ///
    /// - Returns: for each partition its producers by id, or why not.
    public func describeProducers(
        _ partitions: [TopicPartition]
    ) async throws(KafkaError) -> [TopicPartition: Result<[ProducerState], KafkaError>] {
        try await askLeaders(of: partitions) { broker, led throws(KafkaError) in
            var request = DescribeProducersRequest()
            request.topics = led.keys.byTopic.map { name, numbers in
                var topic = DescribeProducersRequest.TopicRequest()
                topic.name = name
                topic.partitionIndexes = numbers
                return topic
            }
            let response = try await send(request, to: .broker(broker))
            var results: [TopicPartition: Result<[ProducerState], KafkaError>] = [:]
            for topic in response.topics {
                for entry in topic.partitions {
                    let partition = TopicPartition(
                        topic: topic.name, partition: entry.partitionIndex)
                    results[partition] =
                        entry.errorCode == .none
                        ? .success(
                            entry.activeProducers.map(ProducerState.init)
                                .sorted { $0.producerID < $1.producerID })
                        : .failure(
                            KafkaError(
                                entry.errorCode, "producers of \(partition)",
                                detail: entry.errorMessage))
                }
            }
            return results
        }
    }
}

extension TransactionDescription {
    fileprivate init(
        _ state: DescribeTransactionsResponse.TransactionState, coordinator: Int32
    ) {
        transactionalID = state.transactionalId
        self.coordinator = coordinator
        self.state = TransactionState(rawValue: state.transactionState)
        producerID = state.producerId
        producerEpoch = state.producerEpoch
        timeoutMs = state.transactionTimeoutMs
        startTimestampMs = state.transactionStartTimeMs >= 0 ? state.transactionStartTimeMs : nil
        partitions = state.topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.topic, partition: $0) }
        }.sorted()
    }
}

extension ProducerState {
    fileprivate init(_ state: DescribeProducersResponse.ProducerState) {
        producerID = state.producerId
        producerEpoch = state.producerEpoch
        lastSequence = state.lastSequence
        lastTimestampMs = state.lastTimestamp
        coordinatorEpoch = state.coordinatorEpoch >= 0 ? state.coordinatorEpoch : nil
        transactionStartOffset =
            state.currentTxnStartOffset >= 0 ? state.currentTxnStartOffset : nil
    }
}
