import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// Produce: appends one record batch to each of some partitions.
///
/// - Versions 0 to 2 carry old message sets, which are refused like any unserved version; they are
///   advertised all the same, since librdkafka takes the codecs it may use from that.
/// - Version 7 and above may carry zstd; 13 and above name topics by id.
/// - acks=0 has no response: an error closes the connection.
/// - Each partition's batch is appended and answered by itself.
/// - The sequences of idempotent producers are checked by the log: a batch that is sent again is
///   answered with the offset that it got (KIP-98).
/// - The client must be allowed to write to the topic, and to use the transactional id.
/// - Records of a transaction are appended where its coordinator knows that it runs; from version
///   12 on they add the partition to it (KIP-890).
struct ProduceHandler: ApiHandler {
    typealias Request = ProduceRequest
    typealias PartitionAnswer = ProduceResponse.PartitionProduceResponse
    static let servedVersions: ClosedRange<Int16> = 3...13
    static let advertisedVersions: ClosedRange<Int16> = 0...13
    static let firstVersionByID: Int16 = 13

    /// One partition's part of a request.
    private struct Part: Sendable {
        var index: Int
        var partition: Partition
        var batch: ProducedBatch
    }

    let node: BrokerNode

    func handle(
        _ request: ProduceRequest, _ context: RequestContext, _ reply: Reply<ProduceResponse>
    ) {
        let nowMs = node.clock.nowMs
        let count = request.topicData.reduce(0) { $0 + $1.partitionData.count }
        let outcomes = FanIn<Partition.Outcome>(count: count) { outcomes in
            answer(request, outcomes, reply)
        }
        var parts: [Part] = []
        let table = node.table.snapshot
        var index = 0
        for topicData in request.topicData {
            let usesIDs = context.version >= ProduceHandler.firstVersionByID
            let topic = usesIDs ? table.topic(topicData.topicId) : table.topic(topicData.name)
            // A topic that nobody knows by its id has no name to ask for.
            let isAllowed =
                (usesIDs && topic == nil)
                || context.allows(.write, .topic(topic?.name ?? topicData.name))
            for data in topicData.partitionData {
                do throws(ProduceFailure) {
                    guard isAllowed else { throw ProduceFailure(.topicAuthorizationFailed) }
                    parts.append(
                        try part(index, data, topic, acks: request.acks, context, nowMs))
                } catch {
                    outcomes.complete(index, .failure(error))
                }
                index += 1
            }
        }
        let append = Append(
            acks: request.acks, nowMs: nowMs, transaction: transaction(of: request, context))
        if let failure = append.failure(of: parts) {
            return parts.forEach { outcomes.complete($0.index, .failure(failure)) }
        }
        run(append, parts, context, outcomes)
    }

    /// Nil where there is none that the client may use.
    private func transaction(
        of request: ProduceRequest, _ context: RequestContext
    ) -> Append.Transaction? {
        guard let id = request.transactionalId,
            context.allows(.write, .transactionalID(id))
        else { return nil }
        return Append.Transaction(
            id: id, support: .ofProduce(context.version), verifier: TransactionVerifier(node))
    }

    private func part(
        _ index: Int, _ data: ProduceRequest.PartitionProduceData, _ topic: Topic?, acks: Int16,
        _ context: RequestContext, _ nowMs: Int64
    ) throws(ProduceFailure) -> Part {
        guard (-1...1).contains(acks) else {
            throw ProduceFailure(.invalidRequiredAcks, "acks \(acks) is none of -1, 0 and 1")
        }
        guard let topic else {
            throw ProduceFailure(
                context.version >= ProduceHandler.firstVersionByID
                    ? .unknownTopicId : .unknownTopicOrPartition)
        }
        guard let partition = topic.partition(data.index) else {
            throw ProduceFailure(.unknownTopicOrPartition)
        }
        // Only the groups' and transactions' own keepers write there.
        guard !topic.image.isInternal else { throw ProduceFailure(.invalidTopicException) }
        let batch = try ProduceRules.check(
            data.records?.buffer, version: context.version, settings: topic.settings, nowMs: nowMs)
        let stored = try Recompression.apply(topic.settings.compression, to: batch)
        // Another codec may need more room.
        try ProduceRules.checkSize(stored.bytes.readableBytes, settings: topic.settings)
        return Part(index: index, partition: partition, batch: stored)
    }

    /// Has each part appended on its partition's loop, in the order of the request.
    private func run(
        _ append: Append, _ parts: [Part], _ context: RequestContext,
        _ outcomes: FanIn<Partition.Outcome>
    ) {
        let home = context.eventLoop
        let quota = context.quota
        for (eventLoop, parts) in parts.grouped(by: { $0.partition.eventLoop }) {
            eventLoop.runOrHop {
                quota.timing {
                    for part in parts {
                        let index = part.index
                        append.run(part) { outcome in
                            home.runOrHop { outcomes.complete(index, outcome) }
                        }
                    }
                }
            }
        }
    }

    /// How the parts of a request are appended.
    private struct Append: Sendable {
        /// That a request's records may be part of.
        struct Transaction: Sendable {
            var id: String
            var support: TransactionSupport
            var verifier: TransactionVerifier
        }

        var acks: Int16
        var nowMs: Int64
        var transaction: Transaction?

        /// Why nothing of the request is appended: its records are of no transaction, or of
        /// several.
        func failure(of parts: [Part]) -> ProduceFailure? {
            let transactional = parts.lazy.map(\.batch).filter(\.isTransactional)
            guard let first = transactional.first else { return nil }
            guard transaction != nil else {
                return ProduceFailure(.transactionalIdAuthorizationFailed)
            }
            guard transactional.allSatisfy({ $0.producer == first.producer }) else {
                return ProduceFailure(
                    .invalidProducerIdMapping,
                    "Transactional records contained more than one producer ID")
            }
            return nil
        }

        /// On the partition's event loop.
        func run(_ part: Part, then: @escaping @Sendable (Partition.Outcome) -> Void) {
            guard part.batch.isTransactional, let transaction else {
                return part.partition.append(part.batch, acks: acks, nowMs: nowMs, then: then)
            }
            transaction.verifier.verify(
                part.partition, transactionalID: transaction.id, producer: part.batch.producer,
                sequence: part.batch.baseSequence, support: transaction.support,
                nowMs: nowMs
            ) { code in
                guard code == .none else {
                    return then(.failure(transaction.support.produceFailure(code)))
                }
                part.partition.append(part.batch, acks: acks, nowMs: nowMs, then: then)
            }
        }
    }

    // MARK: Answers

    private func answer(
        _ request: ProduceRequest, _ outcomes: [Partition.Outcome], _ reply: Reply<ProduceResponse>
    ) {
        let throttledMs =
            reply.quota.map { $0.record(.producerByteRate, Double($0.sizeBytes)) } ?? 0
        guard request.acks != 0 else {
            reply.quota?.mute(forMs: throttledMs)
            return answerWithoutAcks(outcomes, reply)
        }
        var response = ProduceResponse()
        var index = 0
        response.responses = request.topicData.map { topicData in
            var topic = ProduceResponse.TopicProduceResponse()
            topic.name = topicData.name
            topic.topicId = topicData.topicId
            topic.partitionResponses = topicData.partitionData.map { data in
                defer { index += 1 }
                return answer(data.index, outcomes[index])
            }
            return topic
        }
        reply.send(response, throttledMs: throttledMs)
    }

    private func answerWithoutAcks(
        _ outcomes: [Partition.Outcome], _ reply: Reply<ProduceResponse>
    ) {
        for case .failure(let failure) in outcomes {
            let message = failure.message.map { ": \($0)" } ?? ""
            return reply.closeConnection(reason: "produce with acks=0: \(failure.code)\(message)")
        }
        reply.sendNothing()
    }

    private func answer(_ number: Int32, _ outcome: Partition.Outcome) -> PartitionAnswer {
        var answer = PartitionAnswer()
        answer.index = number
        switch outcome {
        case .success(let appended):
            answer.baseOffset = appended.baseOffset
            answer.logAppendTimeMs = appended.logAppendTimeMs
            answer.logStartOffset = appended.logStartOffset
        case .failure(let failure):
            answer.errorCode = failure.code
            answer.baseOffset = -1
            answer.errorMessage = failure.message
            answer.recordErrors = failure.recordIndexes.map { index in
                var error = ProduceResponse.BatchIndexAndErrorMessage()
                error.batchIndex = index
                error.batchIndexErrorMessage = failure.message
                return error
            }
        }
        return answer
    }
}
