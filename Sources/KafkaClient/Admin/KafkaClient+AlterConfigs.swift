internal import KafkaBase
internal import KafkaWire

/// What is to be changed of one setting (KIP-339).
public struct ConfigChange: Sendable, Equatable {
    public enum Operation: Int8, Sendable {
        case set = 0
        /// Back to the default.
        case delete = 1
        /// To the end of a list.
        case append = 2
        /// From a list.
        case subtract = 3
    }

    public var name: String
    public var operation: Operation
    /// Nil when the setting is deleted.
    public var value: String?

    public init(_ name: String, _ operation: Operation, _ value: String? = nil) {
        self.name = name
        self.operation = operation
        self.value = value
    }
}

extension KafkaClient {
    /// Changes single settings of topics, brokers, groups and subscriptions; others stay as they
    /// are (KIP-339).
    ///
    /// ```swift
    /// let failures = try await client.alterConfigs(
    ///     [.topic("orders"): [ConfigChange("retention.ms", .set, "3600000")]])
    /// ```
    ///
    /// - Parameter validateOnly: only checks whether it could be done.
    /// - Returns: for each resource why it was not done, nil where it was.
    public func alterConfigs(
        _ changes: [ConfigResource: [ConfigChange]], validateOnly: Bool = false
    ) async throws(KafkaError) -> [ConfigResource: KafkaError?] {
        var results: [ConfigResource: KafkaError?] = [:]
        // A broker's settings are that broker's to check.
        let groups = Dictionary(grouping: changes.keys) { resource -> RequestTarget in
            resource.broker.map { .broker($0) } ?? .controller
        }
        for (target, resources) in groups {
            var request = IncrementalAlterConfigsRequest()
            request.validateOnly = validateOnly
            request.resources = resources.map { resource in
                var entry = IncrementalAlterConfigsRequest.AlterConfigsResource()
                entry.resourceType = resource.type
                entry.resourceName = resource.name
                entry.configs = (changes[resource] ?? []).map { change in
                    var config = IncrementalAlterConfigsRequest.AlterableConfig()
                    config.name = change.name
                    config.configOperation = change.operation.rawValue
                    config.value = change.value
                    return config
                }
                return entry
            }
            let response: IncrementalAlterConfigsResponse
            do throws(KafkaError) {
                response = try await send(request, to: target)
            } catch {
                // What was done elsewhere is to be told, whatever becomes of this.
                if groups.count == 1 { throw error }
                for resource in resources { results[resource] = .some(error) }
                continue
            }
            for answer in response.responses {
                guard
                    let resource = resources.first(where: {
                        $0.type == answer.resourceType && $0.name == answer.resourceName
                    })
                else { continue }
                results[resource] = .some(
                    KafkaError.altering(resource, answer.errorCode, answer.errorMessage))
            }
            for resource in resources where results[resource] == nil {
                results[resource] = .some(
                    .noAnswer("change settings of \(resource)"))
            }
        }
        return results
    }
}

extension KafkaError {
    fileprivate static func altering(
        _ resource: ConfigResource, _ code: ErrorCode, _ detail: String?
    ) -> KafkaError? {
        switch (code, resource) {
        case (.none, _): nil
        case (.unknownTopicOrPartition, .topic(let name)): .unknownTopic(name)
        default: KafkaError(code, "change settings of \(resource)", detail: detail)
        }
    }
}
