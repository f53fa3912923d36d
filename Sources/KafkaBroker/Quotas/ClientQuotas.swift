import KafkaBase

/// The quotas of all clients. A value of the cluster's image; changes make a new one.
struct ClientQuotas: Sendable, Equatable {
    typealias Values = [QuotaKey: Double]

    private(set) var entities: [QuotaEntity: Values] = [:]

    /// An entity as it was received: names by types, a nil name for the default.
    typealias Asked = [String: String?]

    /// Entities that may have quotas; Kafka has no bound.
    static let maxEntities = 10_000

    /// A change of one entity's quotas as it was received.
    struct Alteration: Sendable {
        var entity: Asked
        /// A nil value removes.
        var operations: [(key: String, value: Double?)]
    }

    // MARK: Looking up

    /// An entity's quota that is in force for a client, the most special one.
    ///
    /// - Returns: whose it is, which also says who shares it; nil for none.
    func find(
        _ key: QuotaKey, user: String, clientID: String
    ) -> (entity: QuotaEntity, value: Double)? {
        // No name at all has no quota, not even the default's.
        let users: [QuotaEntity.Name] = user.isEmpty ? [] : [.named(user), .standard]
        let clients: [QuotaEntity.Name] = clientID.isEmpty ? [] : [.named(clientID), .standard]
        var candidates: [QuotaEntity] = []
        for user in users {
            candidates += clients.map { QuotaEntity(user: user, clientID: $0) }
            candidates.append(QuotaEntity(user: user))
        }
        candidates += clients.map { QuotaEntity(clientID: $0) }
        for entity in candidates {
            if let value = entities[entity]?[key] { return (entity, value) }
        }
        return nil
    }

    /// The quota of an address.
    func find(_ key: QuotaKey, ip: String) -> Double? {
        entities[QuotaEntity(ip: .named(ip))]?[key] ?? entities[QuotaEntity(ip: .standard)]?[key]
    }

    // MARK: Changing

    mutating func set(_ key: QuotaKey, to value: Double?, for entity: QuotaEntity) {
        entities[entity, default: [:]][key] = value
        if entities[entity]?.isEmpty == true { entities[entity] = nil }
    }

    /// Checks changes and carries out those that can be, each by itself (Kafka's
    /// `ClientQuotaControlManager`).
    ///
    /// - Returns: for each entity why it was refused, or, for one that was named again, why the
    ///   later changes were.
    mutating func apply(_ alterations: [Alteration]) -> [(entity: Asked, error: ApiError?)] {
        var results: [(entity: Asked, error: ApiError?)] = []
        var indexes: [Asked: Int] = [:]
        for alteration in alterations {
            if let index = indexes[alteration.entity] {
                results[index].error = ApiError(
                    .invalidRequest, "Ignoring an entity that is named again.")
                continue
            }
            indexes[alteration.entity] = results.count
            do throws(ApiError) {
                let entity = try ClientQuotas.entity(alteration.entity)
                try apply(alteration.operations, to: entity)
                results.append((alteration.entity, nil))
            } catch {
                results.append((alteration.entity, error))
            }
        }
        return results
    }

    private mutating func apply(
        _ operations: [(key: String, value: Double?)], to entity: QuotaEntity
    ) throws(ApiError) {
        guard Set(operations.map(\.key)).count == operations.count else {
            throw ApiError(
                .invalidRequest, "A quota key is named twice: the entity's quotas stay.")
        }
        var changed = self
        for (name, value) in operations {
            guard let value else {
                // What is not known cannot be there.
                if let key = QuotaKey(rawValue: name) { changed.set(key, to: nil, for: entity) }
                continue
            }
            guard let key = QuotaKey(rawValue: name), key.isForIP == (entity.ip != nil) else {
                throw ApiError(.invalidRequest, "Invalid configuration key \(name)")
            }
            if let problem = key.problem(value) { throw ApiError(.invalidRequest, problem) }
            changed.set(key, to: value, for: entity)
        }
        guard changed.entities.count <= max(entities.count, ClientQuotas.maxEntities) else {
            throw ApiError(
                .policyViolation, "More than \(ClientQuotas.maxEntities) entities with quotas.")
        }
        self = changed
    }

    private static func entity(_ asked: Asked) throws(ApiError) -> QuotaEntity {
        var entity = QuotaEntity()
        for (type, name) in asked.sorted(by: { $0.key < $1.key }) {
            guard let part = QuotaEntity.Part(rawValue: type) else {
                throw ApiError(
                    .invalidRequest, "Unhandled client quota entity type: \(type)")
            }
            guard name != "" else {
                throw ApiError(.invalidRequest, "Empty \(type) not supported")
            }
            entity[part] = QuotaEntity.Name(name)
        }
        if entity == QuotaEntity() {
            throw ApiError(.invalidRequest, "Invalid empty client quota entity")
        }
        if let ip = entity.ip {
            guard entity.user == nil, entity.clientID == nil else {
                throw ApiError(
                    .invalidRequest,
                    "Invalid quota entity combination, IP entity should not be combined with "
                        + "User or ClientId")
            }
            if let text = ip.text, IPAddress.canonical(text) == nil {
                throw ApiError(
                    .invalidRequest, "\(text) is not a valid IP or resolvable host.")
            }
        }
        return entity
    }
}
