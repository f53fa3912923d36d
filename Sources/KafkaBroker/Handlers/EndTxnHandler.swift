import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// EndTxn: commits or aborts a transaction. It is answered when that is durable; the markers are
/// written afterwards.
///
/// - Version 2 and above know `PRODUCER_FENCED`.
/// - Version 5 is of `transaction.version` 2: each end raises the epoch, and the answer has it
///   (KIP-890).
struct EndTxnHandler: ApiHandler {
    typealias Request = EndTxnRequest
    static let servedVersions: ClosedRange<Int16> = 0...5
    private static let firstVersionWithFencing: Int16 = 2
    private static let firstVersionWithEpochBump: Int16 = 5

    let node: BrokerNode

    func handle(
        _ request: EndTxnRequest, _ context: RequestContext, _ reply: Reply<EndTxnResponse>
    ) {
        let version = context.version
        let end = TransactionCoordinator.EndRequest(
            transactionalID: request.transactionalId,
            producer: ProducerIdentity(id: request.producerId, epoch: request.producerEpoch),
            isCommit: request.committed,
            clientVersion: version >= Self.firstVersionWithEpochBump
                ? TransactionMetadata.firstVersionWithEpochBump : 0)
        node.transactions.answer(end.transactionalID, for: .write, context, reply) { error in
            response(error, .none)
        } work: { coordinator, send in
            coordinator.endTransaction(end) { error, producer in
                let isFencingKnown = version >= Self.firstVersionWithFencing
                send(response(error.fencing(isKnown: isFencingKnown), producer))
            }
        }
    }

    private func response(_ error: ErrorCode, _ producer: ProducerIdentity) -> EndTxnResponse {
        var response = EndTxnResponse()
        response.errorCode = error
        response.producerId = producer.id
        response.producerEpoch = producer.epoch
        return response
    }
}
