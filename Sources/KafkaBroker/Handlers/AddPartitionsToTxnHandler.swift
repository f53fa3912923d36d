import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// AddPartitionsToTxn: makes partitions part of a transaction.
///
/// - Up to version 3 a producer asks for its transaction; from 4 on brokers ask for several, and
///   may want to know only whether the partitions are part of it (KIP-890).
/// - All partitions of a transaction are added or none: where one does not exist, or is of an
///   internal topic, the others are answered with `OPERATION_NOT_ATTEMPTED`.
/// - Clients must be allowed to use the transactional id and to write to the topics, brokers to act
///   as such.
/// - Version 2 and above know `PRODUCER_FENCED`.
struct AddPartitionsToTxnHandler: ApiHandler {
    typealias Request = AddPartitionsToTxnRequest
    typealias Asked = AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction
    typealias Topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic
    typealias TopicResult = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult
    static let servedVersions: ClosedRange<Int16> = 0...5
    static let firstVersionWithBatches: Int16 = 4
    private static let firstVersionWithFencing: Int16 = 2
    /// Sent by clients of `transaction.version` 2.
    private static let firstVersionWithEpochBump: Int16 = 5

    let node: BrokerNode

    func handle(
        _ request: AddPartitionsToTxnRequest, _ context: RequestContext,
        _ reply: Reply<AddPartitionsToTxnResponse>
    ) {
        let isFromBroker = context.version >= Self.firstVersionWithBatches
        if isFromBroker, let error = context.refusal(of: .clusterAction, .cluster) {
            var response = AddPartitionsToTxnResponse()
            response.errorCode = error.code
            return reply.send(response)
        }
        let transactions =
            context.version >= Self.firstVersionWithBatches
            ? request.transactions : [ofOldVersion(request)]
        let pending = PendingReply(
            reply, context,
            atShutdown: response(
                transactions,
                transactions.map { results($0) { _ in .coordinatorNotAvailable } },
                context.version))
        let version = context.version
        let home = context.eventLoop
        let answers = FanIn<[TopicResult]>(count: transactions.count) { answers in
            pending.send(response(transactions, answers, version))
        }
        for (index, transaction) in transactions.enumerated() {
            handle(transaction, context) { codes in
                let results = results(transaction, codes)
                home.runOrHop { answers.complete(index, results) }
            }
        }
    }

    private func ofOldVersion(_ request: AddPartitionsToTxnRequest) -> Asked {
        var transaction = Asked()
        transaction.transactionalId = request.v3AndBelowTransactionalId
        transaction.producerId = request.v3AndBelowProducerId
        transaction.producerEpoch = request.v3AndBelowProducerEpoch
        transaction.topics = request.v3AndBelowTopics
        return transaction
    }

    /// - Parameter then: called once, on any thread, with the error of each partition.
    private func handle(
        _ transaction: Asked, _ context: RequestContext,
        then: @escaping @Sendable (@escaping @Sendable (TopicPartition) -> ErrorCode) -> Void
    ) {
        let version = context.version
        let id = transaction.transactionalId
        let isFromBroker = version >= Self.firstVersionWithBatches
        if !isFromBroker, let error = context.refusal(of: .write, .transactionalID(id)) {
            return then { _ in error.code }
        }
        let partitions = partitions(of: transaction.topics)
        let faults = faults(among: partitions, context)
        guard faults.isEmpty else {
            return then { faults[$0] ?? .operationNotAttempted }
        }
        let bumpsEpoch = version >= Self.firstVersionWithEpochBump
        let clientVersion = bumpsEpoch ? TransactionMetadata.firstVersionWithEpochBump : 0
        let request = Transaction.PartitionsRequest(
            kind: transaction.verifyOnly ? .verify : .add(clientVersion: clientVersion),
            producer: ProducerIdentity(
                id: transaction.producerId, epoch: transaction.producerEpoch),
            partitions: partitions
        ) { code, missing in
            let code = code.fencing(isKnown: version >= Self.firstVersionWithFencing)
            then { code == .none && missing.contains($0) ? .transactionAbortable : code }
        }
        node.transactions.perform(id) { state, _ in
            state.handle(request, of: id)
        } orElse: { code in
            then { _ in code }
        }
    }

    private func partitions(of topics: [Topic]) -> Set<TopicPartition> {
        var partitions: Set<TopicPartition> = []
        for topic in topics {
            for number in topic.partitions {
                partitions.insert(TopicPartition(topic: topic.name, partition: number))
            }
        }
        return partitions
    }

    private func faults(
        among partitions: Set<TopicPartition>, _ context: RequestContext
    ) -> [TopicPartition: ErrorCode] {
        let table = node.table.snapshot
        var faults: [TopicPartition: ErrorCode] = [:]
        let isFromBroker = context.version >= Self.firstVersionWithBatches
        for name in partitions {
            // Brokers may add the groups' topic.
            let isAllowed =
                isFromBroker
                || !TopicName.internalTopics.contains(name.topic)
                    && context.allows(.write, .topic(name.topic))
            if !isAllowed {
                faults[name] = .topicAuthorizationFailed
            } else if table.partition(name.topic, name.partition) == nil {
                faults[name] = .unknownTopicOrPartition
            }
        }
        return faults
    }

    // MARK: Answers

    private func results(
        _ transaction: Asked, _ code: (TopicPartition) -> ErrorCode
    ) -> [TopicResult] {
        transaction.topics.map { topic in
            var result = TopicResult()
            result.name = topic.name
            result.resultsByPartition = topic.partitions.map { number in
                var partition = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
                partition.partitionIndex = number
                partition.partitionErrorCode = code(
                    TopicPartition(topic: topic.name, partition: number))
                return partition
            }
            return result
        }
    }

    private func response(
        _ transactions: [Asked], _ results: [[TopicResult]], _ version: Int16
    ) -> AddPartitionsToTxnResponse {
        var response = AddPartitionsToTxnResponse()
        guard version >= Self.firstVersionWithBatches else {
            response.resultsByTopicV3AndBelow = results.first ?? []
            return response
        }
        response.resultsByTransaction = zip(transactions, results).map { transaction, results in
            var result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult()
            result.transactionalId = transaction.transactionalId
            result.topicResults = results
            return result
        }
        return response
    }
}
