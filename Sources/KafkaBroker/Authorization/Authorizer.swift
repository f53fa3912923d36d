import KafkaBase
import KafkaSecurity
import KafkaTransport
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Decides by ACLs what clients may do (Kafka's `StandardAuthorizer`).
///
/// Any thread; one short lock a request. Told of changed ACLs on the storage thread.
final class Authorizer: Sendable {
    private let superUsers: Set<KafkaPrincipal>
    /// Whether everybody may use what no ACL is about.
    let allowsUnmentioned: Bool
    private let current: NIOLockedValueBox<State>
    private let refusals = LogLimiter()
    private let logger: Logger

    private struct State {
        var acls: [Uuid: Acl]
        var rules: AclRules
        var version: Int64 = 0
    }

    /// Nil where the settings name none: then everybody may do everything.
    init?(_ settings: BrokerSettings, acls: [Uuid: Acl], logger: Logger) {
        guard settings.hasAuthorizer else { return nil }
        superUsers = settings.superUsers
        allowsUnmentioned = settings.allowsUnmentioned
        current = NIOLockedValueBox(State(acls: acls, rules: AclRules(acls.values)))
        self.logger = logger
    }

    /// From now on these count.
    func update(_ acls: [Uuid: Acl]) {
        guard current.withLockedValue({ $0.acls }) != acls else { return }
        let rules = AclRules(acls.values)
        current.withLockedValue { state in
            state = State(acls: acls, rules: rules, version: state.version + 1)
        }
    }

    /// Greater after each change of the ACLs.
    var version: Int64 { current.withLockedValue { $0.version } }

    fileprivate var rules: AclRules { current.withLockedValue { $0.rules } }

    /// What bounds the requests of a connection; nil for one that may do everything: a super
    /// user's, or one of a Unix socket, whose other end can read the data directory anyway.
    func authorization(of scope: ConnectionScope) -> Authorization? {
        guard let host = scope.host, !superUsers.contains(scope.principal) else { return nil }
        return Authorization(
            authorizer: self, rules: rules,
            client: AclClient(scope.principal, host: host))
    }

    /// A line of the log, but for those that would fill it.
    func note(refusalOf operation: AclOperation, _ resource: AclResource, to client: AclClient) {
        guard let hiddenCount = refusals.admit(at: .now()) else { return }
        var metadata: Logger.Metadata = [
            "principal": "\(client.principal)", "host": "\(client.host)",
            "operation": "\(operation.name)", "resource": "\(resource.type.name) \(resource.name)",
        ]
        if hiddenCount > 0 { metadata["moreBefore"] = "\(hiddenCount)" }
        logger.info("denied", metadata: metadata)
    }
}

/// What a client may do, by the ACLs there are when its request comes.
///
/// Immutable; any thread.
final class Authorization: Sendable {
    private let authorizer: Authorizer
    private let rules: AclRules
    private let client: AclClient

    fileprivate init(authorizer: Authorizer, rules: AclRules, client: AclClient) {
        self.authorizer = authorizer
        self.rules = rules
        self.client = client
    }

    /// Without a line in the log: for what decides only about what is shown.
    func allows(_ operation: AclOperation, _ resource: AclResource) -> Bool {
        allows(operation, resource, by: rules)
    }

    /// Likewise by the ACLs there are now: for what goes on after the request.
    func allowsNow(_ operation: AclOperation, _ resource: AclResource) -> Bool {
        allows(operation, resource, by: authorizer.rules)
    }

    private func allows(
        _ operation: AclOperation, _ resource: AclResource, by rules: AclRules
    ) -> Bool {
        switch rules.verdict(on: operation, resource, by: client) {
        case .allowed: true
        case .denied: false
        case .unmentioned: authorizer.allowsUnmentioned
        }
    }

    /// Whether something is allowed of some resource that there could be.
    func allowsSome(_ type: AclResourceType, _ operation: AclOperation) -> Bool {
        // As in Kafka: a name like any other, for who may use what no ACL is about.
        allows(operation, AclResource(type, "hardcode"))
            || rules.allowsSome(type, operation, by: client)
    }

    func noteRefusal(of operation: AclOperation, _ resource: AclResource) {
        authorizer.note(refusalOf: operation, resource, to: client)
    }
}
