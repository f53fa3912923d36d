import KafkaBase
import KafkaSecurity
import KafkaWire

/// DescribeClientQuotas (KIP-546): the quotas of the entities that a filter lets through.
struct DescribeClientQuotasHandler: ApiHandler {
    typealias Request = DescribeClientQuotasRequest
    typealias Entry = DescribeClientQuotasResponse.EntryData
    static let servedVersions: ClosedRange<Int16> = 0...1

    let node: BrokerNode

    func handle(
        _ request: DescribeClientQuotasRequest, _ context: RequestContext,
        _ reply: Reply<DescribeClientQuotasResponse>
    ) {
        var response = DescribeClientQuotasResponse()
        do throws(ApiError) {
            if let refusal = context.refusal(of: .describeConfigs, .cluster) { throw refusal }
            let filter = try QuotaFilter(
                request.components.map { ($0.entityType, $0.matchType, $0.match) },
                isStrict: request.strict)
            response.entries = node.metadata.store.image.quotas.entities
                .filter { filter.matches($0.key) }
                .sorted { "\($0.key)" < "\($1.key)" }
                .map { entry($0.key, $0.value) }
        } catch {
            response.errorCode = error.code
            response.errorMessage = error.message
            response.entries = nil
        }
        reply.send(response)
    }

    private func entry(_ entity: QuotaEntity, _ values: ClientQuotas.Values) -> Entry {
        var entry = Entry()
        entry.entity = entity.parts.map { type, name in
            var part = DescribeClientQuotasResponse.EntityData()
            part.entityType = type.rawValue
            part.entityName = name.text
            return part
        }
        entry.values = values.sorted { $0.key.rawValue < $1.key.rawValue }.map { key, number in
            var value = DescribeClientQuotasResponse.ValueData()
            value.key = key.rawValue
            value.value = number
            return value
        }
        return entry
    }
}
