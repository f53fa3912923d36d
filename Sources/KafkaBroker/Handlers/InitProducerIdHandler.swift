import KafkaBase
import KafkaWire
import Logging
import NIOCore

/// InitProducerId: hands out producer ids for idempotence, each with epoch 0.
///
/// - Version 3 and above may bring an id that is in use (KIP-360); without a transactional id a new
///   one is handed out all the same, as Kafka does.
/// - Transactional ids are refused with an error that clients take as final: there is no
///   transaction coordinator yet.
struct InitProducerIdHandler: ApiHandler {
    typealias Request = InitProducerIdRequest
    static let servedVersions: ClosedRange<Int16> = 0...5

    let node: BrokerNode

    func handle(
        _ request: InitProducerIdRequest, _ context: RequestContext,
        _ reply: Reply<InitProducerIdResponse>
    ) {
        if let transactionalID = request.transactionalId {
            return reply.send(
                refusal(
                    transactionalID.isEmpty ? .invalidRequest : .transactionalIdAuthorizationFailed)
            )
        }
        node.producerIDs.next(on: context.eventLoop).whenComplete { result in
            switch result {
            case .success(let id):
                var response = InitProducerIdResponse()
                response.producerId = id
                reply.send(response)
            case .failure(let error):
                node.logger.error("no producer id can be handed out: \(error)")
                reply.send(refusal(.kafkaStorageError))
            }
        }
    }

    private func refusal(_ error: ErrorCode) -> InitProducerIdResponse {
        var response = InitProducerIdResponse()
        response.errorCode = error
        response.producerEpoch = -1
        return response
    }
}
