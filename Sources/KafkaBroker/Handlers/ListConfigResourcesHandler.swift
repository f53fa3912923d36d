import KafkaBase
import KafkaSecurity
import KafkaWire

/// ListConfigResources: what has settings, by kind.
///
/// - Version 0 lists subscriptions to clients' metrics (KIP-1000); 1 any kind (KIP-1142), and all
///   for an empty list.
struct ListConfigResourcesHandler: ApiHandler {
    typealias Request = ListConfigResourcesRequest
    typealias Resource = ListConfigResourcesResponse.ConfigResource
    static let servedVersions: ClosedRange<Int16> = 0...1

    let node: BrokerNode

    func handle(
        _ request: ListConfigResourcesRequest, _ context: RequestContext,
        _ reply: Reply<ListConfigResourcesResponse>
    ) {
        var response = ListConfigResourcesResponse()
        if let refusal = context.refusal(of: .describeConfigs, .cluster) {
            response.errorCode = refusal.code
            return reply.send(response)
        }
        let known: [ConfigResourceType] =
            context.version == 0 ? [.clientMetrics] : ConfigResourceType.allCases
        let asked = Set(request.resourceTypes)
        if asked.isSubset(of: known.map(\.rawValue)) {
            let wanted = known.filter { asked.isEmpty || asked.contains($0.rawValue) }
            response.configResources = wanted.flatMap(resources)
        } else {
            response.errorCode = .unsupportedVersion
        }
        reply.send(response)
    }

    private func resources(of type: ConfigResourceType) -> [Resource] {
        let names =
            switch type {
            case .topic: node.table.snapshot.byName.keys.sorted()
            case .broker, .brokerLogger: [String(node.nodeID)]
            case .group: node.controller.store.image.groupConfigs.keys.sorted()
            case .clientMetrics: node.controller.store.image.clientMetricsConfigs.keys.sorted()
            }
        return names.map { name in
            var resource = Resource()
            resource.resourceName = name
            resource.resourceType = type.rawValue
            return resource
        }
    }
}
