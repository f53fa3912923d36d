import KafkaBase
import KafkaSecurity
import KafkaWire
import Logging
import NIOCore

/// InitProducerId: hands out producer ids and epochs.
///
/// - Who may not use the transactional id is refused; without one, who may neither write
///   idempotently to the cluster nor write to any topic.
/// - Without a transactional id each request gets a new id of epoch 0, for idempotence.
/// - With one, its coordinator hands the id to this instance of the producer and shuts the one
///   before out; a transaction that runs is aborted first, and the client comes again.
/// - Version 3 and above may bring an id that is in use (KIP-360); version 4 and above know
///   `PRODUCER_FENCED`.
struct InitProducerIdHandler: ApiHandler {
    typealias Request = InitProducerIdRequest
    static let servedVersions: ClosedRange<Int16> = 0...5
    private static let firstVersionWithFencing: Int16 = 4

    let node: BrokerNode

    func handle(
        _ request: InitProducerIdRequest, _ context: RequestContext,
        _ reply: Reply<InitProducerIdResponse>
    ) {
        if let id = request.transactionalId {
            if let error = context.refusal(of: .write, .transactionalID(id)) {
                return reply.send(refusal(error.code))
            }
        } else if !context.allowsIdempotence {
            return reply.send(refusal(.clusterAuthorizationFailed))
        }
        // Producer id and epoch: both, or none.
        guard request.transactionalId?.isEmpty != true,
            (request.producerId == -1) == (request.producerEpoch == -1)
        else { return reply.send(refusal(.invalidRequest)) }
        if let transactionalID = request.transactionalId {
            handleTransactional(transactionalID, request, context, reply)
        } else {
            handleIdempotent(context, reply)
        }
    }

    private func handleIdempotent(
        _ context: RequestContext, _ reply: Reply<InitProducerIdResponse>
    ) {
        node.producerIDs.next(on: context.eventLoop).whenComplete { result in
            switch result {
            case .success(let id): reply.send(response(ProducerIdentity(id: id, epoch: 0)))
            case .failure(let error):
                node.logger.error("no producer id can be handed out: \(error)")
                reply.send(refusal(.kafkaStorageError))
            }
        }
    }

    private func handleTransactional(
        _ transactionalID: String, _ request: InitProducerIdRequest, _ context: RequestContext,
        _ reply: Reply<InitProducerIdResponse>
    ) {
        let version = context.version
        let producer = ProducerIdentity(id: request.producerId, epoch: request.producerEpoch)
        let request = TransactionCoordinator.InitRequest(
            transactionalID: transactionalID, timeoutMs: request.transactionTimeoutMs,
            expected: producer == .none ? nil : producer)
        node.transactions.answer(transactionalID, for: .write, context, reply) { error in
            refusal(error)
        } work: { coordinator, send in
            coordinator.initProducerID(request) { error, producer in
                guard error != .none else { return send(response(producer)) }
                let isFencingKnown = version >= Self.firstVersionWithFencing
                send(refusal(error.fencing(isKnown: isFencingKnown)))
            }
        }
    }

    private func response(_ producer: ProducerIdentity) -> InitProducerIdResponse {
        var response = InitProducerIdResponse()
        response.producerId = producer.id
        response.producerEpoch = producer.epoch
        return response
    }

    private func refusal(_ error: ErrorCode) -> InitProducerIdResponse {
        var response = response(.none)
        response.errorCode = error
        return response
    }
}

extension RequestContext {
    /// Who may write to some topic may do so idempotently (KIP-679).
    fileprivate var allowsIdempotence: Bool {
        shows(.idempotentWrite, .cluster) || authorization?.allowsSome(.topic, .write) ?? true
    }
}

extension ErrorCode {
    /// `PRODUCER_FENCED` as the error before it for clients that do not know it.
    func fencing(isKnown: Bool) -> ErrorCode {
        self == .producerFenced && !isKnown ? .invalidProducerEpoch : self
    }
}
