import KafkaBase
import KafkaWire
import NIOCore

/// FindCoordinator: this node coordinates every group and transaction there is.
///
/// - Version 1 and above say what kind of key is meant, 4 and above ask for several at once, 6 for
///   share partitions.
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
        let endpoint = context.endpoint
        let version = context.version
        prepare(request.keyType, on: context.eventLoop).whenSuccess { error in
            reply.send(answer(request, endpoint, error, version: version))
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

    private func answer(
        _ request: FindCoordinatorRequest, _ endpoint: AdvertisedEndpoint, _ error: ApiError,
        version: Int16
    ) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        let isFound = error.code == .none
        guard version >= FindCoordinatorHandler.firstVersionWithBatches else {
            response.errorCode = error.code
            // As Kafka has it in these versions.
            response.errorMessage = isFound ? "NONE" : error.message
            response.nodeId = isFound ? node.nodeID : -1
            response.host = isFound ? endpoint.host : ""
            response.port = isFound ? endpoint.port : -1
            return response
        }
        response.coordinators = request.coordinatorKeys.map { key in
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
