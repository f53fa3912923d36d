internal import KafkaBase
internal import KafkaSecurity

/// The ACLs that options name: each resource with each principal, host and operation. What
/// kafka-acls makes of the same options. A value.
struct AclSelection {
    /// What stands in an ACL besides its resource; nil for whatever it is.
    private struct Entry {
        var permission: Acl.Permission
        var principal: String
        var host: String
        var operation: AclOperation?
    }

    private let resources: [AclResource]
    private let patternType: AclFilter.PatternType?
    private let arguments: AclPrincipalArguments
    /// Nil among them for any.
    private let operations: [AclOperation?]

    /// - Throws: `CommandFailure` of status `usage`.
    init(
        _ resources: AclResourceArguments, _ arguments: AclPrincipalArguments
    ) throws(CommandFailure) {
        self.resources = resources.resources
        patternType = try resources.patternType()
        self.arguments = arguments
        var operations: [AclOperation?] = []
        for word in arguments.operation.flatMap({ $0.split(separator: ",") }) {
            operations.append(
                word.lowercased() == "any" ? nil : try AclWords.term(String(word), "operation"))
        }
        self.operations = operations
        for word in arguments.allowPrincipal + arguments.denyPrincipal {
            _ = try AclWords.principal(word)
        }
        if self.resources.contains(where: { $0.name.isEmpty }) {
            throw .usage("a resource's name is not empty; * stands for all")
        }
        try checkRoles()
        try checkHosts()
    }

    private func checkRoles() throws(CommandFailure) {
        let has = { (type: AclResourceType) in resources.contains { $0.type == type } }
        if arguments.producer || arguments.consumer {
            guard operations.isEmpty, arguments.denyPrincipal.isEmpty, arguments.denyHost.isEmpty
            else {
                throw .usage(
                    "--producer and --consumer say what is allowed; they do not go with "
                        + "--operation, --deny-principal and --deny-host")
            }
            guard has(.topic) else {
                throw .usage("--producer and --consumer need a --topic")
            }
        }
        if arguments.consumer, !has(.group) { throw .usage("--consumer needs a --group") }
        if arguments.idempotent, !arguments.producer {
            throw .usage("--idempotent goes with --producer")
        }
    }

    private func checkHosts() throws(CommandFailure) {
        if !arguments.allowHost.isEmpty, arguments.allowPrincipal.isEmpty {
            throw .usage("--allow-host needs an --allow-principal")
        }
        if !arguments.denyHost.isEmpty, arguments.denyPrincipal.isEmpty {
            throw .usage("--deny-host needs a --deny-principal")
        }
    }

    var namesResource: Bool { !resources.isEmpty || arguments.idempotent }
    var namesPrincipal: Bool {
        !arguments.allowPrincipal.isEmpty || !arguments.denyPrincipal.isEmpty
    }
    /// Whether whole resources are meant, or more than one has the name of.
    var isBroad: Bool { !namesPrincipal || patternType == .any || patternType == .match }

    /// The ACLs themselves, each once.
    ///
    /// - Throws: `CommandFailure` of status `usage` where they are not wholly named.
    func acls() throws(CommandFailure) -> [Acl] {
        guard namesResource else {
            throw .usage(
                "nothing named; give --topic, --group, --cluster, --transactional-id or "
                    + "--delegation-token")
        }
        guard namesPrincipal else {
            throw .usage("nobody named; give --allow-principal or --deny-principal")
        }
        let pattern: Acl.PatternType
        switch patternType {
        case nil, .literal: pattern = .literal
        case .prefixed: pattern = .prefixed
        case .any, .match:
            throw .usage("an ACL is literal or prefixed; any and match are for looking")
        }
        var seen: Set<Acl> = []
        var acls: [Acl] = []
        for (resource, entries) in try entries() {
            for entry in entries {
                guard let operation = entry.operation else {
                    throw .usage("any is no operation of an ACL; all stands for every one")
                }
                let acl = Acl(
                    entry.permission, entry.principal, operation, resource.type, resource.name,
                    patternType: resource.type == .cluster ? .literal : pattern, host: entry.host)
                if seen.insert(acl).inserted { acls.append(acl) }
            }
        }
        return acls
    }

    /// What lets the named ACLs through; without principals, all of the resources.
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    func filters() throws(CommandFailure) -> [AclFilter] {
        guard namesPrincipal else {
            let operations = operations.isEmpty ? [nil] : operations
            return resources.flatMap { resource in
                operations.map { filter(resource, operation: $0) }
            }
        }
        guard namesResource else {
            return try entries(of: nil).map { entry in
                AclFilter(
                    patternType: patternType ?? .any, principal: entry.principal,
                    host: entry.host, operation: entry.operation, permission: entry.permission)
            }
        }
        return try entries().flatMap { resource, entries in
            entries.map { entry in
                var filter = filter(resource, operation: entry.operation)
                filter.principal = entry.principal
                filter.host = entry.host
                filter.permission = entry.permission
                return filter
            }
        }
    }

    private func filter(_ resource: AclResource, operation: AclOperation?) -> AclFilter {
        AclFilter(
            resource.type, resource.name,
            patternType: resource.type == .cluster ? .literal : patternType ?? .literal,
            operation: operation)
    }

    // MARK: Entries

    private func entries() throws(CommandFailure) -> [(resource: AclResource, entries: [Entry])] {
        var resources = resources
        if arguments.idempotent, !resources.contains(.cluster) { resources.append(.cluster) }
        var result: [(resource: AclResource, entries: [Entry])] = []
        for resource in resources {
            result.append((resource, try entries(of: resource.type)))
        }
        return result
    }

    /// - Parameter type: nil for every type of resource.
    private func entries(of type: AclResourceType?) throws(CommandFailure) -> [Entry] {
        let operations = try operations(on: type)
        let all = { (hosts: [String]) in hosts.isEmpty ? [Acl.wildcard] : hosts }
        let parts: [(Acl.Permission, [String], [String])] = [
            (.allow, arguments.allowPrincipal, all(arguments.allowHost)),
            (.deny, arguments.denyPrincipal, all(arguments.denyHost)),
        ]
        return parts.flatMap { permission, principals, hosts in
            principals.flatMap { principal in
                hosts.flatMap { host in
                    operations.map {
                        Entry(
                            permission: permission, principal: principal, host: host,
                            operation: $0)
                    }
                }
            }
        }
    }

    private func operations(on type: AclResourceType?) throws(CommandFailure) -> [AclOperation?] {
        if arguments.producer || arguments.consumer {
            return AclOperation.allCases.filter { operation in
                (arguments.producer && producerNeeds(type).contains(operation))
                    || (arguments.consumer && consumerNeeds(type).contains(operation))
            }
        }
        let asked = operations.isEmpty ? [.all] : operations
        guard let type else { return asked }
        for case let operation? in asked where operation != .all {
            guard type.operations.contains(operation) else {
                let words = (type.operations + [.all]).map(AclWords.word)
                throw .usage(
                    "\(AclWords.word(operation)) is nothing to do to a \(AclWords.word(type)); "
                        + "there are \(words.joined(separator: ", "))")
            }
        }
        return asked
    }

    private func producerNeeds(_ type: AclResourceType?) -> [AclOperation] {
        switch type {
        case .topic: [.write, .describe, .create]
        case .transactionalID: [.write, .describe]
        case .cluster where arguments.idempotent: [.idempotentWrite]
        default: []
        }
    }

    private func consumerNeeds(_ type: AclResourceType?) -> [AclOperation] {
        switch type {
        case .topic: [.read, .describe]
        case .group: [.read]
        default: []
        }
    }
}
