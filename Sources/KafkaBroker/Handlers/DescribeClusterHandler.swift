import KafkaBase
import KafkaSecurity
import KafkaWire

/// DescribeCluster (KIP-700): the cluster of this one node.
///
/// - Version 1 and above may ask for the controllers' endpoints, which are not to be reached by
///   clients here.
struct DescribeClusterHandler: ApiHandler {
    typealias Request = DescribeClusterRequest
    static let servedVersions: ClosedRange<Int16> = 0...2
    private static let brokerEndpoints: Int8 = 1

    let node: BrokerNode

    func handle(
        _ request: DescribeClusterRequest, _ context: RequestContext,
        _ reply: Reply<DescribeClusterResponse>
    ) {
        var response = DescribeClusterResponse()
        response.clusterId = node.clusterID
        response.endpointType = request.endpointType
        guard request.endpointType == DescribeClusterHandler.brokerEndpoints else {
            response.endpointType = DescribeClusterHandler.brokerEndpoints
            response.errorCode =
                request.endpointType == 2 ? .mismatchedEndpointType : .unsupportedEndpointType
            response.errorMessage = "This is a broker's endpoint."
            return reply.send(response)
        }
        var broker = DescribeClusterResponse.DescribeClusterBroker()
        broker.brokerId = node.nodeID
        broker.host = context.endpoint.host
        broker.port = context.endpoint.port
        response.brokers = [broker]
        response.controllerId = node.nodeID
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = context.authorizedClusterOperations
        }
        reply.send(response)
    }
}
