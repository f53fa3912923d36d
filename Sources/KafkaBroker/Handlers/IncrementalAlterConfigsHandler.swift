import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// IncrementalAlterConfigs (KIP-339): sets, deletes, appends to and subtracts from single settings
/// of topics, groups and subscriptions, or of this broker and its loggers at run time.
///
/// - Each resource is taken or refused by itself; `ConfigRules` says what is refused.
/// - A resource that is named twice is refused both times.
struct IncrementalAlterConfigsHandler: ApiHandler {
    typealias Request = IncrementalAlterConfigsRequest
    static let servedVersions: ClosedRange<Int16> = 0...1

    let node: BrokerNode

    func handle(
        _ request: IncrementalAlterConfigsRequest, _ context: RequestContext,
        _ reply: Reply<IncrementalAlterConfigsResponse>
    ) {
        let asked = request.resources.map { resource in
            AskedAlteration(
                type: resource.resourceType, name: resource.resourceName,
                changes: resource.configs.map { ($0.name, $0.configOperation, $0.value) },
                keepsOthers: true)
        }
        AskedAlteration.carryOut(
            asked, validateOnly: request.validateOnly, node, context
        ) { errors in
            var response = IncrementalAlterConfigsResponse()
            response.responses = zip(request.resources, errors).map { resource, error in
                var answer = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
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

/// A resource's part of a request that changes settings, as it was received.
struct AskedAlteration {
    var type: Int8
    var name: String
    var changes: [(name: String, operation: Int8, value: String?)]
    var keepsOthers: Bool

    private struct Key: Hashable {
        var type: Int8
        var name: String
    }

    /// - Parameter then: called on the request's event loop with an error for each that was not
    ///   taken, in their order.
    static func carryOut(
        _ asked: [AskedAlteration], validateOnly: Bool, _ node: BrokerNode,
        _ context: RequestContext, then: @escaping @Sendable ([ApiError?]) -> Void
    ) {
        let counts = Dictionary(
            asked.map { (Key(type: $0.type, name: $0.name), 1) }, uniquingKeysWith: +)
        let checked = asked.map { asked -> Result<ConfigAlteration?, ApiError> in
            do throws(ApiError) {
                guard counts[Key(type: asked.type, name: asked.name)] == 1 else {
                    throw ApiError(.invalidRequest, "Each resource must appear at most once.")
                }
                try context.checkConfigs(.alterConfigs, type: asked.type, name: asked.name)
                return .success(try asked.alteration(validateOnly: validateOnly, node))
            } catch {
                return .failure(error)
            }
        }
        let alterations = checked.compactMap { (try? $0.get()) ?? nil }
        node.controller.alter(alterations, validateOnly: validateOnly, on: context.eventLoop)
            .whenComplete { result in
                var results = ((try? result.get()) ?? [])[...]
                then(
                    checked.map { checked in
                        switch checked {
                        case .failure(let error): error
                        case .success(nil): nil
                        case .success:
                            results.popFirst()
                                ?? ApiError(.brokerNotAvailable, "The broker is shutting down.")
                        }
                    })
            }
    }

    /// Nil where all is done already: levels of loggers are no metadata.
    private func alteration(
        validateOnly: Bool, _ node: BrokerNode
    ) throws(ApiError) -> ConfigAlteration? {
        let changes = try ConfigRules.changes(changes)
        // AlterConfigs does not know loggers.
        if ConfigResourceType(rawValue: type) == .brokerLogger, keepsOthers {
            try node.loggers.alter(name, changes, validateOnly: validateOnly)
            return nil
        }
        let rules = ConfigRules(settings: node.settings)
        return ConfigAlteration(
            resource: try rules.resource(type: type, name: name), changes: changes,
            keepsOthers: keepsOthers)
    }
}
