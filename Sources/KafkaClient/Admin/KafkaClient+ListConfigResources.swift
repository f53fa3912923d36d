internal import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// What has settings: topics, brokers, groups and subscriptions to clients' metrics (KIP-1142).
    ///
    /// - Parameter kinds: which; empty for all.
    /// - Throws: `unsupported` when the broker is too old to tell (below 4.1; only
    ///   `clientMetrics` alone from 3.7 on).
    public func listConfigResources(
        _ kinds: Set<ConfigResource.Kind> = []
    ) async throws(KafkaError) -> [ConfigResource] {
        let response = try await send(to: .any) { version throws(KafkaError) in
            var request = ListConfigResourcesRequest()
            if version >= 1 {
                request.resourceTypes = kinds.map(\.rawValue).sorted()
            } else if kinds != [.clientMetrics] {
                throw KafkaError(.unsupported, "the broker is too old to list what has settings")
            }
            return request
        }
        if response.errorCode != .none {
            throw KafkaError(response.errorCode, "list what has settings")
        }
        return response.configResources.compactMap { entry in
            ConfigResource.Kind(rawValue: entry.resourceType)
                .flatMap { ConfigResource($0, entry.resourceName) }
        }.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
    }
}
