import KafkaBase
import KafkaSecurity
import KafkaWire

/// AlterConfigs: replaces all that topics, or this broker at run time, set of themselves.
///
/// - Each resource is taken or refused by itself; `ConfigRules` says what is refused.
/// - A resource that is named twice is refused both times.
struct AlterConfigsHandler: ApiHandler {
    typealias Request = AlterConfigsRequest
    static let servedVersions: ClosedRange<Int16> = 0...2

    let node: BrokerNode

    func handle(
        _ request: AlterConfigsRequest, _ context: RequestContext,
        _ reply: Reply<AlterConfigsResponse>
    ) {
        let asked = request.resources.map { resource in
            AskedAlteration(
                type: resource.resourceType, name: resource.resourceName,
                changes: resource.configs.map {
                    ($0.name, ConfigAlteration.Operation.set.rawValue, $0.value)
                }, keepsOthers: false)
        }
        AskedAlteration.carryOut(
            asked, validateOnly: request.validateOnly, node, context
        ) { errors in
            var response = AlterConfigsResponse()
            response.responses = zip(request.resources, errors).map { resource, error in
                var answer = AlterConfigsResponse.AlterConfigsResourceResponse()
                answer.resourceType = resource.resourceType
                answer.resourceName = resource.resourceName
                answer.errorCode = error?.code ?? .none
                answer.errorMessage = error?.message
                return answer
            }
            reply.send(response)
        }
    }
}
