import KafkaSecurity
import TestSupport
import Testing

@Suite struct AclRulesTests {
    private let alice = AclClient(KafkaPrincipal(name: "alice"), host: "10.0.0.1")
    private let bob = AclClient(KafkaPrincipal(name: "bob"), host: "10.0.0.2")

    private func verdict(
        _ acls: [Acl], _ operation: AclOperation, _ resource: AclResource, by client: AclClient
    ) -> AclRules.Verdict {
        AclRules(acls).verdict(on: operation, resource, by: client)
    }

    @Test func `What no ACL is about is not mentioned`() {
        let acls = [Acl(.allow, "User:alice", .read, .topic, "orders")]
        #expect(verdict([], .read, .topic("orders"), by: alice) == .unmentioned)
        #expect(verdict(acls, .read, .topic("other"), by: alice) == .unmentioned)
        #expect(verdict(acls, .read, .group("orders"), by: alice) == .unmentioned)
        // Mentioned, though not for this client, nor for this operation.
        #expect(verdict(acls, .read, .topic("orders"), by: bob) == .denied)
        #expect(verdict(acls, .write, .topic("orders"), by: alice) == .denied)
        #expect(verdict(acls, .read, .topic("orders"), by: alice) == .allowed)
    }

    @Test func `Denying wins over allowing, whichever pattern is the longer`() {
        let acls = [
            Acl(.allow, "User:alice", .all, .topic, "orders"),
            Acl(.deny, "User:alice", .write, .topic, "ord", patternType: .prefixed),
            Acl(.allow, "User:*", .read, .topic, "*"),
            Acl(.deny, "User:bob", .read, .topic, "orders"),
        ]
        #expect(verdict(acls, .write, .topic("orders"), by: alice) == .denied)
        #expect(verdict(acls, .read, .topic("orders"), by: alice) == .allowed)
        #expect(verdict(acls, .read, .topic("orders"), by: bob) == .denied)
        #expect(verdict(acls, .read, .topic("or"), by: bob) == .allowed)
    }

    @Test(arguments: [AclOperation.read, .write, .delete, .alter, .describe, .all])
    func `Allowing more than to describe allows to describe`(_ operation: AclOperation) {
        let allowed = [Acl(.allow, "User:alice", operation, .topic, "t")]
        #expect(verdict(allowed, .describe, .topic("t"), by: alice) == .allowed)
        // What denies, denies itself alone.
        let denied = [
            Acl(.deny, "User:alice", operation, .topic, "t"),
            Acl(.allow, "User:alice", .describe, .topic, "t"),
        ]
        let isDenied = operation == .describe || operation == .all
        #expect(
            verdict(denied, .describe, .topic("t"), by: alice) == (isDenied ? .denied : .allowed))
    }

    @Test func `Altering settings implies seeing them, and nothing else does`() {
        for operation in AclOperation.allCases {
            let acls = [Acl(.allow, "User:alice", operation, .topic, "t")]
            let expected: AclRules.Verdict =
                [.all, .alterConfigs, .describeConfigs].contains(operation) ? .allowed : .denied
            #expect(verdict(acls, .describeConfigs, .topic("t"), by: alice) == expected)
        }
    }

    @Test func `A host is an address, in whatever form`() {
        let acls = [
            Acl(.allow, "User:alice", .read, .topic, "t", host: "0:0:0:0:0:0:0:1"),
            Acl(.deny, "User:*", .read, .topic, "t", host: "10.0.0.2"),
        ]
        let principal = KafkaPrincipal(name: "alice")
        let from = { AclClient(principal, host: $0) }
        #expect(verdict(acls, .read, .topic("t"), by: from("::1")) == .allowed)
        #expect(verdict(acls, .read, .topic("t"), by: from("10.0.0.1")) == .denied)
        let open = acls + [Acl(.allow, "User:alice", .read, .topic, "t")]
        #expect(verdict(open, .read, .topic("t"), by: from("10.0.0.1")) == .allowed)
        #expect(verdict(open, .read, .topic("t"), by: from("::ffff:10.0.0.2")) == .denied)
    }

    @Test func `A prefix of another type of principal is nobody's`() {
        let acls = [Acl(.allow, "Group:*", .read, .topic, "t")]
        #expect(verdict(acls, .read, .topic("t"), by: alice) == .denied)
    }

    @Test func `Some topic may be written, or none`() {
        let some = { (acls: [Acl]) in AclRules(acls).allowsSome(.topic, .write, by: alice) }
        let deny = { Acl(.deny, "User:alice", .write, .topic, $0, patternType: $1) }
        let one = Acl(.allow, "User:alice", .write, .topic, "orders")
        let prefix = Acl(.allow, "User:alice", .all, .topic, "ord", patternType: .prefixed)
        #expect(!some([]))
        #expect(some([one]))
        #expect(some([prefix]))
        #expect(!some([Acl(.allow, "User:bob", .write, .topic, "orders")]))
        #expect(!some([Acl(.allow, "User:alice", .read, .topic, "orders")]))
        #expect(!some([one, deny("orders", .literal)]))
        #expect(!some([one, deny("or", .prefixed)]))
        #expect(some([prefix, deny("orders", .literal)]))
        #expect(some([prefix, deny("orders", .prefixed)]))
        #expect(!some([prefix, deny("ord", .prefixed)]))
        #expect(!some([prefix, one, deny("*", .literal)]))
        #expect(some([Acl(.allow, "User:*", .write, .topic, "*"), deny("o", .prefixed)]))
    }

    /// Kafka's rules, one ACL after the other.
    private func naive(
        _ acls: [Acl], _ operation: AclOperation, _ resource: AclResource, _ client: AclClient
    ) -> AclRules.Verdict {
        let applying = acls.filter { $0.applies(to: resource) }
        if applying.isEmpty { return .unmentioned }
        let matching = applying.filter { acl in
            guard acl.principal == client.principal || acl.principal == "User:*",
                acl.host == client.host || acl.host == "*"
            else { return false }
            if acl.operation == .all || acl.operation == operation { return true }
            guard acl.permission == .allow else { return false }
            switch operation {
            case .describe: return [.read, .write, .delete, .alter].contains(acl.operation)
            case .describeConfigs: return acl.operation == .alterConfigs
            default: return false
            }
        }
        if matching.contains(where: { $0.permission == .deny }) { return .denied }
        return matching.isEmpty ? .denied : .allowed
    }

    @Test func `The index says what looking at every ACL says`() throws {
        // Few words, so that patterns meet; of one to four bytes a letter.
        let names = ["*", "a", "ab", "abc", "abd", "b", "ä", "äb", "日", "日本", "🦊", "a🦊"]
        let principals = ["User:alice", "User:bob", "User:*"]
        let hosts = ["*", "10.0.0.1", "10.0.0.2"]
        try Seeds.run(200) { seed, random in
            let acls = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                Acl(
                    Bool.random(using: &random) ? .allow : .deny,
                    principals.randomElement(using: &random) ?? "",
                    AclOperation.allCases.randomElement(using: &random) ?? .all,
                    [.topic, .group].randomElement(using: &random) ?? .topic,
                    names.randomElement(using: &random) ?? "",
                    patternType: Bool.random(using: &random) ? .literal : .prefixed,
                    host: hosts.randomElement(using: &random) ?? "")
            }
            let rules = AclRules(acls)
            for name in names {
                for operation in AclOperation.allCases where operation != .all {
                    for client in [alice, bob] {
                        let resource = AclResource.topic(name)
                        let expected = naive(acls, operation, resource, client)
                        let found = rules.verdict(on: operation, resource, by: client)
                        guard found == expected else {
                            throw Seeds.Failure(
                                description: "\(operation) \(name): \(found), not \(expected)")
                        }
                    }
                }
            }
        }
    }
}
