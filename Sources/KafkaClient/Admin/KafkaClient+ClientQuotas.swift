internal import KafkaBase
internal import KafkaWire

/// Whom a quota is for: a user, a client id, both, or an address (KIP-546, KIP-612).
public struct QuotaEntity: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case user
        case clientID = "client-id"
        case ip
    }

    public enum Name: Hashable, Sendable {
        case named(String)
        /// Those who have no quota of their own.
        case `default`

        var wireValue: String? {
            switch self {
            case .named(let name): name
            case .default: nil
            }
        }
    }

    /// At most one of each kind.
    public var parts: [Kind: Name]

    public init(_ parts: [Kind: Name]) {
        self.parts = parts
    }

    /// In the order of the kinds.
    public var ordered: [(kind: Kind, name: Name)] {
        Kind.allCases.compactMap { kind in parts[kind].map { (kind, $0) } }
    }
}

/// A quota that is to be changed.
public struct QuotaChange: Sendable, Equatable {
    /// `producer_byte_rate`, `consumer_byte_rate`, `request_percentage`,
    /// `controller_mutation_rate`, `connection_creation_rate`.
    public var key: String
    /// Nil takes it away.
    public var value: Double?

    public init(key: String, value: Double?) {
        self.key = key
        self.value = value
    }
}

extension KafkaClient {
    /// The quotas of users, clients and addresses.
    ///
    /// ```swift
    /// for (entity, quotas) in try await client.describeClientQuotas() { print(entity, quotas) }
    /// ```
    ///
    /// - Parameter filter: only entities with these parts; a nil name stands for any.
    /// - Returns: for each entity its quotas by key.
    public func describeClientQuotas(
        matching filter: [QuotaEntity.Kind: QuotaEntity.Name?] = [:]
    ) async throws(KafkaError) -> [QuotaEntity: [String: Double]] {
        var request = DescribeClientQuotasRequest()
        request.components = filter.map { kind, name in
            var component = DescribeClientQuotasRequest.ComponentData()
            component.entityType = kind.rawValue
            switch name {
            case nil: component.matchType = 2
            case .default?: component.matchType = 1
            case .named(let name)?:
                component.matchType = 0
                component.match = name
            }
            return component
        }
        let response = try await send(request, to: .any)
        if response.errorCode != .none {
            throw KafkaError(response.errorCode, "describe quotas", detail: response.errorMessage)
        }
        var results: [QuotaEntity: [String: Double]] = [:]
        for entry in response.entries ?? [] {
            var parts: [QuotaEntity.Kind: QuotaEntity.Name] = [:]
            for part in entry.entity {
                // A kind that this version does not know would show as somebody else's quota.
                guard let kind = QuotaEntity.Kind(rawValue: part.entityType) else {
                    throw KafkaError(
                        .unsupported, "quotas of a \(part.entityType) are not known here")
                }
                parts[kind] = part.entityName.map { .named($0) } ?? .default
            }
            results[QuotaEntity(parts)] = Dictionary(entry.values.map { ($0.key, $0.value) }) {
                $1
            }
        }
        return results
    }

    /// Changes quotas of users, clients and addresses.
    ///
    /// - Parameter validateOnly: only checks whether it could be done.
    /// - Returns: for each entity why not, nil where it was done.
    public func alterClientQuotas(
        _ changes: [QuotaEntity: [QuotaChange]], validateOnly: Bool = false
    ) async throws(KafkaError) -> [QuotaEntity: KafkaError?] {
        var request = AlterClientQuotasRequest()
        request.validateOnly = validateOnly
        request.entries = changes.map { entity, changes in
            var entry = AlterClientQuotasRequest.EntryData()
            entry.entity = entity.ordered.map { kind, name in
                var part = AlterClientQuotasRequest.EntityData()
                part.entityType = kind.rawValue
                part.entityName = name.wireValue
                return part
            }
            entry.ops = changes.map { change in
                var op = AlterClientQuotasRequest.OpData()
                op.key = change.key
                op.value = change.value ?? 0
                op.remove = change.value == nil
                return op
            }
            return entry
        }
        let response = try await sendToController(request) { response in
            response.entries.contains { $0.errorCode == .notController }
        }
        var results: [QuotaEntity: KafkaError?] = [:]
        for entity in changes.keys {
            let answer = response.entries.first { entry in
                entry.entity.count == entity.parts.count
                    && entry.entity.allSatisfy { part in
                        QuotaEntity.Kind(rawValue: part.entityType).flatMap { entity.parts[$0] }
                            .map { $0.wireValue == part.entityName } ?? false
                    }
            }
            results[entity] = .some(
                answer.map { answer in
                    answer.errorCode == .none
                        ? nil
                        : KafkaError(
                            answer.errorCode, "change quotas", detail: answer.errorMessage)
                } ?? .noAnswer("change quotas"))
        }
        return results
    }
}
