import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// FindCoordinator: this node coordinates every group and transaction there is.
///
/// - Version 1 and above say what kind of key is meant, 4 and above ask for several at once, 6 for
///   share partitions.
/// - A key that the client may not describe is refused.
/// - The topic that the coordinator keeps its records in is made when it is first asked for.
struct FindCoordinatorHandler: ApiHandler {
    typealias Request = FindCoordinatorRequest
    static let servedVersions: ClosedRange<Int16> = 0...6
    static let firstVersionWithBatches: Int16 = 4

    private enum KeyType {
        static let group: Int8 = 0
        static let transaction: Int8 = 1
    }

    let node: BrokerNode

    func handle(
        _ request: FindCoordinatorRequest, _ context: RequestContext,
        _ reply: Reply<FindCoordinatorResponse>
    ) {
        let hasBatches = context.version >= FindCoordinatorHandler.firstVersionWithBatches
        let keys = hasBatches ? request.coordinatorKeys : [request.key]
        let refusals = keys.map { refusal(of: $0, request.keyType, context) }
        let endpoint = context.endpoint
        guard keys.isEmpty || refusals.contains(where: { $0 == nil }) else {
            return reply.send(answer(keys, refusals.compactMap { $0 }, endpoint, hasBatches))
        }
        prepare(request.keyType, on: context.eventLoop).whenSuccess { outcome in
            reply.send(answer(keys, refusals.map { $0 ?? outcome }, endpoint, hasBatches))
        }
    }

    private func refusal(
        of key: String, _ keyType: Int8, _ context: RequestContext
    ) -> ApiError? {
        switch keyType {
        case KeyType.group: context.refusal(of: .describe, .group(key))
        case KeyType.transaction: context.refusal(of: .describe, .transactionalID(key))
        default: nil
        }
    }

    private func prepare(
        _ keyType: Int8, on eventLoop: any EventLoop
    ) -> EventLoopFuture<ApiError> {
        let prepared =
            switch keyType {
            case KeyType.group: node.groups.prepare(on: eventLoop)
            case KeyType.transaction: node.transactions.prepare(on: eventLoop)
            default: eventLoop.makeSucceededFuture(ErrorCode.invalidRequest)
            }
        return prepared.map { code in
            ApiError(
                code, code == .invalidRequest ? "Key type \(keyType) is not served." : nil)
        }
    }

    /// - Parameter outcomes: of all keys, in their order.
    private func answer(
        _ keys: [String], _ outcomes: [ApiError], _ endpoint: AdvertisedEndpoint,
        _ hasBatches: Bool
    ) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        guard hasBatches else {
            let error = outcomes[0]
            let isFound = error.code == .none
            response.errorCode = error.code
            // As Kafka has it in these versions.
            response.errorMessage = isFound ? "NONE" : error.message
            response.nodeId = isFound ? node.nodeID : -1
            response.host = isFound ? endpoint.host : ""
            response.port = isFound ? endpoint.port : -1
            return response
        }
        response.coordinators = zip(keys, outcomes).map { key, error in
            let isFound = error.code == .none
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = key
            coordinator.nodeId = isFound ? node.nodeID : -1
            coordinator.host = isFound ? endpoint.host : ""
            coordinator.port = isFound ? endpoint.port : -1
            coordinator.errorCode = error.code
            coordinator.errorMessage = isFound ? "" : error.message
            return coordinator
        }
        return response
    }
}
