internal import ArgumentParser
internal import KafkaClient

/// Whom a command's quotas are for. `default` stands for those without a quota of their own.
struct QuotaEntityArguments: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("A user.", valueName: "name|default"))
    var user: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("A client's id.", valueName: "id|default"))
    var clientId: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("An address.", valueName: "address|default"))
    var ip: String?

    /// - Throws: `CommandFailure` of status `usage`.
    func parts() throws(CommandFailure) -> [QuotaEntity.Kind: QuotaEntity.Name] {
        guard ip == nil || (user == nil && clientId == nil) else {
            throw .usage("an address has quotas by itself, not with --user or --client-id")
        }
        var parts: [QuotaEntity.Kind: QuotaEntity.Name] = [:]
        parts[.user] = user.map(QuotaEntityArguments.name)
        parts[.clientID] = clientId.map(QuotaEntityArguments.name)
        parts[.ip] = ip.map(QuotaEntityArguments.name)
        return parts
    }

    private static func name(_ text: String) -> QuotaEntity.Name {
        text == "default" || text.isEmpty ? .default : .named(text)
    }
}

extension QuotaEntity {
    /// `user alice, client-id default`
    var text: String {
        ordered.map { "\($0.kind.rawValue) \($0.name.text)" }.joined(separator: ", ")
    }
}

extension QuotaEntity.Name {
    var text: String {
        switch self {
        case .named(let name): name
        case .default: "default"
        }
    }
}
