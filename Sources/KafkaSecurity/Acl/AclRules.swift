internal import KafkaBase

/// Whose request it is, and from where.
public struct AclClient: Hashable, Sendable {
    /// A `KafkaPrincipal` as text.
    public let principal: String
    /// The one form of the address that all its forms have in common.
    public let host: String

    public init(_ principal: KafkaPrincipal, host: String) {
        self.principal = "\(principal)"
        self.host = AclClient.canonical(host)
    }

    static func canonical(_ host: String) -> String { IPAddress.canonical(host) ?? host }
}

/// What a set of ACLs says together (Kafka's `StandardAuthorizerData`): an ACL that denies wins
/// over any that allows, and what is mentioned but allowed by none is denied.
///
/// Immutable, shared freely; made anew when the ACLs change. A question takes time by the number of
/// ACLs that apply to the resource and by the lengths of prefixes there are, not by that of all.
public struct AclRules: Sendable {
    public enum Verdict: Sendable {
        case allowed
        case denied
        /// No ACL is about the resource at all.
        case unmentioned
    }

    /// What an ACL says of the resources it applies to.
    private struct Rule: Sendable {
        let principal: String
        let host: String
        let operation: AclOperation
        let permission: Acl.Permission

        init(_ acl: Acl) {
            principal = acl.principal
            host = AclClient.canonical(acl.host)
            operation = acl.operation
            permission = acl.permission
        }

        func isAbout(_ client: AclClient) -> Bool {
            (principal == client.principal || principal == Acl.everybody)
                && (host == Acl.wildcard || host == client.host)
        }

        func isAbout(_ asked: AclOperation) -> Bool {
            permission == .allow
                ? operation.implies(asked) : operation == asked || operation == .all
        }
    }

    /// Those of one type of resource.
    private struct Section: Sendable {
        var literal: [String: [Rule]] = [:]
        var prefixed: [String: [Rule]] = [:]
        /// In bytes, ascending, each once.
        var prefixLengths: [Int] = []
    }

    private var sections: [AclResourceType: Section] = [:]

    public init(_ acls: some Sequence<Acl> = []) {
        for acl in acls {
            switch acl.patternType {
            case .literal:
                sections[acl.resourceType, default: Section()]
                    .literal[acl.resourceName, default: []].append(Rule(acl))
            case .prefixed:
                sections[acl.resourceType, default: Section()]
                    .prefixed[acl.resourceName, default: []].append(Rule(acl))
            }
        }
        for type in sections.keys {
            let lengths = sections[type]?.prefixed.keys.map(\.utf8.count) ?? []
            sections[type]?.prefixLengths = Set(lengths).sorted()
        }
    }

    /// Whether a client may do something to a resource.
    public func verdict(
        on operation: AclOperation, _ resource: AclResource, by client: AclClient
    ) -> Verdict {
        guard let section = sections[resource.type] else { return .unmentioned }
        var judgement = Judgement(operation: operation, client: client)
        judgement.take(section.literal[resource.name])
        if resource.name != Acl.wildcard { judgement.take(section.literal[Acl.wildcard]) }
        let bytes = resource.name.utf8
        for length in section.prefixLengths {
            guard length <= bytes.count, !judgement.isDenied else { break }
            guard let prefix = String(bytes.prefix(length)) else { continue }
            judgement.take(section.prefixed[prefix])
        }
        return judgement.verdict
    }

    private struct Judgement {
        let operation: AclOperation
        let client: AclClient
        var isMentioned = false
        var isAllowed = false
        var isDenied = false

        /// - Parameter rules: of a pattern that applies to the resource.
        mutating func take(_ rules: [Rule]?) {
            guard let rules else { return }
            isMentioned = true
            for rule in rules where rule.isAbout(operation) && rule.isAbout(client) {
                switch rule.permission {
                case .allow: isAllowed = true
                case .deny: isDenied = true
                }
            }
        }

        var verdict: Verdict {
            if isDenied { return .denied }
            if isAllowed { return .allowed }
            return isMentioned ? .denied : .unmentioned
        }
    }

    /// Whether there could be a resource of a type that a client is allowed something by an ACL
    /// (Kafka's `Authorizer.authorizeByResourceType`). Operations that imply it do not count.
    public func allowsSome(
        _ type: AclResourceType, _ operation: AclOperation, by client: AclClient
    ) -> Bool {
        guard let section = sections[type] else { return false }
        let says = { (rules: [Rule], permission: Acl.Permission) in
            rules.contains {
                $0.permission == permission && [operation, .all].contains($0.operation)
                    && $0.isAbout(client)
            }
        }
        let deniedNames = section.literal.filter { says($0.value, .deny) }.keys
        guard !deniedNames.contains(Acl.wildcard) else { return false }
        let deniedPrefixes = section.prefixed.filter { says($0.value, .deny) }.keys
        let isOpen = { (name: String) in
            !deniedPrefixes.contains { name.utf8.starts(with: $0.utf8) }
        }
        return section.literal.contains { name, rules in
            says(rules, .allow)
                && (name == Acl.wildcard || !deniedNames.contains(name) && isOpen(name))
        } || section.prefixed.contains { says($1, .allow) && isOpen($0) }
    }
}
