internal import KafkaBase
internal import KafkaTransport
internal import KafkaWire

/// The calls that a transaction is made of. Each is repeated while the answer says that it may
/// succeed later, until `timeoutMs` of the configuration has passed.
extension KafkaClient {
    /// A transaction that was just ended is completed within a few ms; who waits for it should not
    /// wait for longer (`ADD_PARTITIONS_RETRY_BACKOFF_MS` of Kafka's Java client).
    private static let firstPauseMs = 20

    /// Takes a transactional id: gets its producer id with the next epoch, which fences whoever
    /// had it before. A transaction that is still open under it is aborted.
    ///
    /// - Parameter previous: this producer's own; with it, an id that another producer has taken
    ///   meanwhile stays with that one (KIP-360; InitProducerId from version 3).
    func initProducerID(
        _ id: String, transactionTimeoutMs: Int, previous: ProducerIdentity? = nil
    ) async throws(KafkaError) -> ProducerIdentity {
        let response = try await sendForTransaction(
            to: .transactionalID(id), "transactional id \(id)"
        ) { version throws(KafkaError) in
            var request = InitProducerIdRequest()
            request.transactionalId = id
            request.transactionTimeoutMs = Int32(clamping: transactionTimeoutMs)
            if let previous, version >= 3 {
                request.producerId = previous.id
                request.producerEpoch = previous.epoch
            }
            return request
        } errorCode: { (response: InitProducerIdResponse) in
            response.errorCode
        }
        return ProducerIdentity(
            id: response.producerId, epoch: response.producerEpoch, isTransactional: true)
    }

    /// Whether the cluster has `transaction.version` 2 in force (KIP-890).
    func hasTransactionVersion2(_ id: String) async throws(KafkaError) -> Bool {
        let response = try await send(
            ApiVersionsRequest.ofThisSoftware, to: .coordinator(.transactionalID(id)))
        return response.finalizedFeatures.contains {
            $0.name == "transaction.version" && $0.maxVersionLevel >= 2
        }
    }

    /// Makes partitions part of a transaction; not needed with `transaction.version` 2.
    func addPartitions(
        _ partitions: [TopicPartition], to id: String, _ identity: ProducerIdentity
    ) async throws(KafkaError) {
        var request = AddPartitionsToTxnRequest()
        request.v3AndBelowTransactionalId = id
        request.v3AndBelowProducerId = identity.id
        request.v3AndBelowProducerEpoch = identity.epoch
        request.v3AndBelowTopics = partitions.byTopic.map { name, numbers in
            var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
            topic.name = name
            topic.partitions = numbers
            return topic
        }
        let complete = request
        // From version 4 on the request is one that brokers send to each other.
        _ = try await sendForTransaction(
            to: .transactionalID(id), "add partitions to the transaction of \(id)", maxVersion: 3
        ) { _ throws(KafkaError) in
            complete
        } errorCode: { (response: AddPartitionsToTxnResponse) in
            ErrorCode.telling(
                response.resultsByTopicV3AndBelow.flatMap(\.resultsByPartition)
                    .map(\.partitionErrorCode))
        }
    }

    /// Commits or aborts a transaction.
    ///
    /// - Returns: the identity for the next one.
    func endTransaction(
        _ id: String, _ end: ProducerTransaction.End
    ) async throws(KafkaError) -> ProducerIdentity {
        var request = EndTxnRequest()
        request.transactionalId = id
        request.producerId = end.identity.id
        request.producerEpoch = end.identity.epoch
        request.committed = end.commits
        let complete = request
        let response = try await sendForTransaction(
            to: .transactionalID(id),
            "\(end.commits ? "commit" : "abort") the transaction of \(id)",
            maxVersion: end.isVersion2 ? .max : 4
        ) { _ throws(KafkaError) in
            complete
        } errorCode: { (response: EndTxnResponse) in
            end.mayBeUnknown && response.errorCode == .invalidTxnState ? .none : response.errorCode
        }
        guard end.isVersion2, response.producerId >= 0 else { return end.identity }
        return ProducerIdentity(
            id: response.producerId, epoch: response.producerEpoch, isTransactional: true)
    }

    /// Makes a group's offsets part of a transaction; not needed with `transaction.version` 2.
    func addOffsets(
        of group: String, to id: String, _ identity: ProducerIdentity
    ) async throws(KafkaError) {
        var request = AddOffsetsToTxnRequest()
        request.transactionalId = id
        request.producerId = identity.id
        request.producerEpoch = identity.epoch
        request.groupId = group
        let complete = request
        _ = try await sendForTransaction(
            to: .transactionalID(id), "add offsets of group \(group) to the transaction of \(id)"
        ) { _ throws(KafkaError) in
            complete
        } errorCode: { (response: AddOffsetsToTxnResponse) in
            response.errorCode
        }
    }

    /// Commits offsets within a transaction, as `group` says who does it (KIP-447).
    func commitOffsets(
        _ offsets: [TopicPartition: OffsetAndMetadata], of group: ConsumerGroupMetadata,
        in id: String, _ identity: ProducerIdentity, isVersion2: Bool
    ) async throws(KafkaError) {
        _ = try await sendForTransaction(
            to: .group(group.groupID),
            "commit offsets of group \(group.groupID) in the transaction of \(id)",
            maxVersion: isVersion2 ? .max : 4
        ) { version throws(KafkaError) in
            var request = TxnOffsetCommitRequest(offsets)
            request.transactionalId = id
            request.groupId = group.groupID
            request.producerId = identity.id
            request.producerEpoch = identity.epoch
            if version >= 3 {
                request.generationId = group.generation
                request.memberId = group.memberID
                request.groupInstanceId = group.instanceID
            }
            return request
        } errorCode: { (response: TxnOffsetCommitResponse) in
            ErrorCode.telling(response.topics.flatMap(\.partitions).map(\.errorCode))
        }
    }

    private func sendForTransaction<Request: RequestMessage>(
        to key: CoordinatorKey, _ what: String, maxVersion: Int16 = .max,
        _ make: (_ version: Int16) throws(KafkaError) -> Request,
        errorCode: (Request.Response) -> ErrorCode
    ) async throws(KafkaError) -> Request.Response {
        var retry = Retry(configuration, firstPauseMs: KafkaClient.firstPauseMs)
        while true {
            let response = try await sendToCoordinator(
                of: key, maxVersion: maxVersion, make, errorCode: errorCode)
            let code = errorCode(response)
            guard code != .none else { return response }
            if code == .requestTimedOut { forgetCoordinator(of: key) }
            try await retry.wait(after: KafkaError(code, what))
        }
    }
}

extension ErrorCode {
    /// Of several codes of one answer, the one that says what to do: one that may pass first, then
    /// one that is the reason for others.
    fileprivate static func telling(_ codes: [ErrorCode]) -> ErrorCode {
        let failures = codes.filter { $0 != .none }
        return failures.first(where: \.isRetriable)
            ?? failures.first { $0 != .operationNotAttempted } ?? failures.first ?? .none
    }
}

extension TxnOffsetCommitRequest {
    fileprivate init(_ offsets: [TopicPartition: OffsetAndMetadata]) {
        self.init()
        topics = offsets.byTopic.map { name, entries in
            var topic = TxnOffsetCommitRequestTopic()
            topic.name = name
            topic.partitions = entries.map { number, position in
                var entry = TxnOffsetCommitRequestPartition()
                entry.partitionIndex = number
                entry.committedOffset = position.offset
                entry.committedLeaderEpoch = position.leaderEpoch ?? -1
                entry.committedMetadata = position.metadata
                return entry
            }
            return topic
        }
    }
}
