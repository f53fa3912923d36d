import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// AlterClientQuotas (KIP-546): changes quotas of users, clients and addresses, each entity by
/// itself; `ClientQuotas` says what is refused.
///
/// - An entity that is named twice is changed once, and answered once with an error; one with a key
///   that is named twice is not changed.
struct AlterClientQuotasHandler: ApiHandler {
    typealias Request = AlterClientQuotasRequest
    typealias Outcome = (entity: ClientQuotas.Asked, error: ApiError?)
    static let servedVersions: ClosedRange<Int16> = 0...1

    let node: BrokerNode

    func handle(
        _ request: AlterClientQuotasRequest, _ context: RequestContext,
        _ reply: Reply<AlterClientQuotasResponse>
    ) {
        let alterations = request.entries.map { entry in
            ClientQuotas.Alteration(
                entity: Dictionary(
                    entry.entity.map { ($0.entityType, $0.entityName) },
                    uniquingKeysWith: { $1 }),
                operations: entry.ops.map { ($0.key, $0.remove ? nil : $0.value) })
        }
        if let refusal = context.refusal(of: .alterConfigs, .cluster) {
            return reply.send(response(alterations.map { ($0.entity, refusal) }))
        }
        let validateOnly = request.validateOnly
        node.metadata.edit(on: context.eventLoop) {
            image -> (changes: [MetadataChange], answer: [Outcome]) in
            var quotas = image.quotas
            let outcomes = quotas.apply(alterations)
            let isChanged = !validateOnly && quotas != image.quotas
            return (isChanged ? [.setQuotas(quotas)] : [], outcomes)
        }.whenComplete { result in
            switch result {
            case .success(let outcomes): reply.send(response(outcomes))
            case .failure(let error):
                let error = ApiError.ofEdit(error)
                reply.send(response(alterations.map { ($0.entity, error) }))
            }
        }
    }

    private func response(_ outcomes: [Outcome]) -> AlterClientQuotasResponse {
        var response = AlterClientQuotasResponse()
        response.entries = outcomes.map { asked, error in
            var entry = AlterClientQuotasResponse.EntryData()
            entry.errorCode = error?.code ?? .none
            entry.errorMessage = error?.message
            entry.entity = asked.map { type, name in
                var part = AlterClientQuotasResponse.EntityData()
                part.entityType = type
                part.entityName = name
                return part
            }
            return entry
        }
        return response
    }
}
