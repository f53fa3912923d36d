import KafkaBase
import KafkaWire

/// FindCoordinator: this node coordinates every group and transaction there is.
///
/// - Version 1 and above say what kind of key is meant, 4 and above ask for several at once, 6 for
///   share partitions.
/// - The coordinators' own APIs are not served yet; clients find that out from ApiVersions.
struct FindCoordinatorHandler: ApiHandler {
    typealias Request = FindCoordinatorRequest
    static let servedVersions: ClosedRange<Int16> = 0...6
    static let firstVersionWithBatches: Int16 = 4
    /// Groups and transactions.
    private static let servedKeyTypes: ClosedRange<Int8> = 0...1

    let node: BrokerNode

    func handle(
        _ request: FindCoordinatorRequest, _ context: RequestContext,
        _ reply: Reply<FindCoordinatorResponse>
    ) {
        var response = FindCoordinatorResponse()
        let isServed = FindCoordinatorHandler.servedKeyTypes.contains(request.keyType)
        let error: ErrorCode = isServed ? .none : .invalidRequest
        let message = isServed ? nil : "Key type \(request.keyType) is not served."
        guard context.version >= FindCoordinatorHandler.firstVersionWithBatches else {
            response.errorCode = error
            response.errorMessage = message
            response.nodeId = isServed ? node.nodeID : -1
            response.host = isServed ? context.endpoint.host : ""
            response.port = isServed ? context.endpoint.port : -1
            return reply.send(response)
        }
        response.coordinators = request.coordinatorKeys.map { key in
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = key
            coordinator.nodeId = isServed ? node.nodeID : -1
            coordinator.host = isServed ? context.endpoint.host : ""
            coordinator.port = isServed ? context.endpoint.port : -1
            coordinator.errorCode = error
            coordinator.errorMessage = message
            return coordinator
        }
        reply.send(response)
    }
}
