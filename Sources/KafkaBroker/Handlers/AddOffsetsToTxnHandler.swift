import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// AddOffsetsToTxn: makes the partition of `__consumer_offsets` that a group is kept in part of a
/// transaction, for the offsets that TxnOffsetCommit brings.
///
/// - Version 2 and above know `PRODUCER_FENCED`.
struct AddOffsetsToTxnHandler: ApiHandler {
    typealias Request = AddOffsetsToTxnRequest
    static let servedVersions: ClosedRange<Int16> = 0...4
    private static let firstVersionWithFencing: Int16 = 2

    let node: BrokerNode

    func handle(
        _ request: AddOffsetsToTxnRequest, _ context: RequestContext,
        _ reply: Reply<AddOffsetsToTxnResponse>
    ) {
        if let refusal = context.refusal(of: .write, .transactionalID(request.transactionalId))
            ?? context.refusal(of: .read, .group(request.groupId))
        {
            return reply.send(response(refusal.code))
        }
        let pending = PendingReply(
            reply, context, atShutdown: response(.coordinatorNotAvailable))
        let version = context.version
        // The producer need not have asked for the group's coordinator yet.
        node.groups.prepare(on: context.eventLoop).whenSuccess { code in
            guard code == .none, let shard = node.groups.shard(of: request.groupId) else {
                return pending.send(response(.coordinatorNotAvailable))
            }
            let add = Transaction.PartitionsRequest(
                kind: .add(clientVersion: 0),
                producer: ProducerIdentity(id: request.producerId, epoch: request.producerEpoch),
                partitions: [shard.partition.name]
            ) { code, _ in
                pending.send(
                    response(code.fencing(isKnown: version >= Self.firstVersionWithFencing)))
            }
            let id = request.transactionalId
            node.transactions.perform(id) { state, _ in
                state.handle(add, of: id)
            } orElse: { code in
                pending.send(response(code))
            }
        }
    }

    private func response(_ error: ErrorCode) -> AddOffsetsToTxnResponse {
        var response = AddOffsetsToTxnResponse()
        response.errorCode = error
        return response
    }
}
