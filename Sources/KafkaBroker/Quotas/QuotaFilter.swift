import KafkaBase

/// Which entities a client asks for (Kafka's `ClientQuotasImage.describe`).
struct QuotaFilter {
    enum Match: Equatable {
        case exactly(QuotaEntity.Name)
        /// Any name, also the default.
        case any
    }

    private(set) var matches: [QuotaEntity.Part: Match] = [:]
    /// Whether entities that have other parts besides are left out.
    let isStrict: Bool

    /// - Parameter components: as in the protocol, the match's type 0 for a name, 1 for the
    ///   default, 2 for any.
    /// - Throws: `ApiError`.
    init(
        _ components: [(type: String, match: Int8, name: String?)], isStrict: Bool
    ) throws(ApiError) {
        self.isStrict = isStrict
        for (type, match, name) in components {
            guard !type.isEmpty else {
                throw ApiError(.invalidRequest, "Invalid empty entity type.")
            }
            guard let part = QuotaEntity.Part(rawValue: type) else {
                throw ApiError(.unsupportedVersion, "Unsupported entity type \(type)")
            }
            guard matches[part] == nil else {
                throw ApiError(
                    .invalidRequest,
                    "Entity type \(type) cannot appear more than once in the filter.")
            }
            matches[part] = try QuotaFilter.match(match, name)
        }
        guard matches[.ip] == nil || matches.count == 1 else {
            throw ApiError(
                .invalidRequest,
                "Invalid entity filter component combination. IP filter component should not be "
                    + "used with user or clientId filter component.")
        }
    }

    private static func match(_ type: Int8, _ name: String?) throws(ApiError) -> Match {
        switch (type, name) {
        case (0, let name?): return .exactly(.named(name))
        case (0, nil):
            throw ApiError(
                .invalidRequest,
                "Request specified MATCH_TYPE_EXACT, but set match string to null.")
        case (1, nil): return .exactly(.standard)
        case (2, nil): return .any
        case (1...2, _):
            throw ApiError(
                .invalidRequest,
                "Request specified MATCH_TYPE_\(type == 1 ? "DEFAULT" : "SPECIFIED"), but also "
                    + "specified a match string.")
        default: throw ApiError(.invalidRequest, "Unknown match type \(type)")
        }
    }

    func matches(_ entity: QuotaEntity) -> Bool {
        if isStrict, entity.parts.count != matches.count { return false }
        return matches.allSatisfy { part, match in
            switch match {
            case .exactly(let name): entity[part] == name
            case .any: entity[part] != nil
            }
        }
    }
}
