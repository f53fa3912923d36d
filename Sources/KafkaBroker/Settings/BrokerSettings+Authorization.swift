import KafkaSecurity

extension BrokerSettings {
    /// Of the authorizer (Kafka's `StandardAuthorizer`).
    static let authorizationDefinitions: [SettingDefinition] = [
        .init(
            "authorizer.class.name", .string, "", .none,
            "What decides by ACLs who may do what: standard, or Kafka's name for it, "
                + "\(standardAuthorizer); without it everybody may do everything."),
        .init(
            "super.users", .string, "", .none,
            "Principals that may do everything whatever the ACLs say, as User:a;User:b."),
        .init(
            "allow.everyone.if.no.acl.found", .boolean, "false", .none,
            "Whether everybody may use what no ACL is about."),
    ]

    private static let standardAuthorizer =
        "org.apache.kafka.metadata.authorizer.StandardAuthorizer"

    /// - Throws: `SettingError.invalidValue`.
    static func hasAuthorizer(_ value: String) throws(SettingError) -> Bool {
        switch value {
        case "": return false
        case "standard", standardAuthorizer: return true
        default:
            throw .invalidValue(
                name: "authorizer.class.name", value: value,
                reason: "There is one authorizer: standard, also as \(standardAuthorizer)")
        }
    }

    /// - Throws: `SettingError.invalidValue`.
    static func superUsers(_ value: String) throws(SettingError) -> Set<KafkaPrincipal> {
        var users: Set<KafkaPrincipal> = []
        for word in value.split(separator: ";").map({ String($0).trimmingBlanks() })
        where !word.isEmpty {
            guard let user = KafkaPrincipal(parsing: word) else {
                throw .invalidValue(
                    name: "super.users", value: value,
                    reason: "'\(word)' is no principal; write User:NAME")
            }
            users.insert(user)
        }
        return users
    }
}
