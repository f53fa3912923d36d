import KafkaBase
import KafkaRecords
import KafkaSecurity
import KafkaWire

/// TxnOffsetCommit: commits a group's offsets as part of a transaction; they count when it is
/// committed.
///
/// - From version 3 on it names the member, so that one that has lost its partitions is refused
///   (KIP-447).
/// - The transaction must run, and have the partition that the group is kept in; from version 5 on
///   it is given that (KIP-890).
/// - Partitions that do not exist are refused one by one.
struct TxnOffsetCommitHandler: ApiHandler {
    typealias Request = TxnOffsetCommitRequest
    static let servedVersions: ClosedRange<Int16> = 0...5
    /// Older clients fail where the coordinator is loading (KAFKA-7296).
    private static let firstVersionThatWaitsForLoading: Int16 = 2

    let node: BrokerNode

    func handle(
        _ request: TxnOffsetCommitRequest, _ context: RequestContext,
        _ reply: Reply<TxnOffsetCommitResponse>
    ) {
        let plan = plan(request, context)
        guard !plan.entries.isEmpty else {
            return reply.send(response(request, plan.codes([])))
        }
        let version = context.version
        let refusal = { @Sendable (code: ErrorCode) in
            let isLoading = code == .coordinatorLoadInProgress
            let code =
                isLoading && version < Self.firstVersionThatWaitsForLoading
                ? .coordinatorNotAvailable : code
            return response(request, plan.codes(code))
        }
        guard !request.groupId.isEmpty else { return reply.send(refusal(.invalidGroupId)) }
        // No producer has such an id, and no batch of a transaction can do without.
        guard request.producerId >= 0 else {
            return reply.send(refusal(.invalidProducerIdMapping))
        }
        guard let shard = node.groups.shard(of: request.groupId) else {
            return reply.send(refusal(.notCoordinator))
        }
        let commit = OffsetCommit(request, version: version, entries: plan.entries)
        let support = TransactionSupport.ofTxnOffsetCommit(version)
        let pending = PendingReply(reply, context, atShutdown: refusal(.notCoordinator))
        TransactionVerifier(node).verify(
            shard.partition, transactionalID: request.transactionalId,
            producer: ProducerIdentity(id: request.producerId, epoch: request.producerEpoch),
            sequence: commit.producer.baseSequence, support: support, nowMs: node.clock.nowMs
        ) { code in
            guard code == .none else { return pending.send(refusal(support.code(code))) }
            // On the partition's event loop: what was verified still holds.
            shard.perform { coordinator, _ in
                coordinator.commit(commit) { pending.send(response(request, plan.codes($0))) }
            } orElse: { code in
                pending.send(refusal(code))
            }
        }
    }

    private func plan(
        _ request: TxnOffsetCommitRequest, _ context: RequestContext
    ) -> OffsetCommitPlan {
        let table = node.table.snapshot
        let whole =
            context.refusal(of: .write, .transactionalID(request.transactionalId))
            ?? context.refusal(of: .read, .group(request.groupId))
        var plan = OffsetCommitPlan()
        for asked in request.topics {
            let refusal = whole ?? context.refusal(of: .read, .topic(asked.name))
            let topic = refusal == nil ? table.topic(asked.name) : nil
            for partition in asked.partitions {
                plan.add(topic, orElse: refusal?.code ?? .unknownTopicOrPartition) {
                    .init($0, partition)
                }
            }
        }
        return plan
    }

    /// - Parameter codes: of all partitions, in the request's order.
    private func response(
        _ request: TxnOffsetCommitRequest, _ codes: [ErrorCode]
    ) -> TxnOffsetCommitResponse {
        var codes = codes[...]
        var response = TxnOffsetCommitResponse()
        response.topics = request.topics.map { asked in
            var topic = TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic()
            topic.name = asked.name
            topic.partitions = asked.partitions.map { asked in
                var partition = TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition()
                partition.partitionIndex = asked.partitionIndex
                partition.errorCode = codes.removeFirst()
                return partition
            }
            return topic
        }
        return response
    }
}

extension OffsetCommit {
    init(_ request: TxnOffsetCommitRequest, version: Int16, entries: [Entry]) {
        self.init(
            groupID: request.groupId,
            committer: OffsetCommitter(
                memberID: request.memberId, instanceID: request.groupInstanceId,
                generation: request.generationId, isTransactional: true, version: version),
            producer: .init(
                id: request.producerId, epoch: request.producerEpoch, baseSequence: -1,
                isTransactional: true),
            entries: entries)
    }
}

extension OffsetCommit.Entry {
    init(_ topic: String, _ asked: TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition) {
        self.topic = topic
        partition = asked.partitionIndex
        offset = asked.committedOffset
        leaderEpoch = asked.committedLeaderEpoch
        metadata = asked.committedMetadata
    }
}
