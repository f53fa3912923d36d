import KafkaSecurity
import Testing

@Suite struct AclFilterTests {
    private let literal = Acl(.allow, "User:alice", .read, .topic, "orders")
    private let prefixed = Acl(
        .deny, "User:bob", .write, .topic, "ord", patternType: .prefixed, host: "10.0.0.1")
    private let wildcard = Acl(.allow, "User:*", .describe, .topic, "*")
    private let group = Acl(.allow, "User:alice", .read, .group, "orders")

    private func matched(_ filter: AclFilter) -> [Acl] {
        [literal, prefixed, wildcard, group].filter(filter.matches)
    }

    @Test func `What is not said is not looked at`() {
        #expect(matched(AclFilter()) == [literal, prefixed, wildcard, group])
        #expect(matched(AclFilter(.topic)) == [literal, prefixed, wildcard])
        #expect(matched(AclFilter(principal: "User:alice")) == [literal, group])
        #expect(matched(AclFilter(host: "10.0.0.1")) == [prefixed])
        #expect(matched(AclFilter(operation: .read)) == [literal, group])
        #expect(matched(AclFilter(permission: .deny)) == [prefixed])
        #expect(matched(AclFilter(principal: "User:al")) == [])
    }

    @Test func `A pattern's name is itself, or what it applies to`() {
        #expect(matched(AclFilter(.topic, "orders")) == [literal])
        #expect(matched(AclFilter(.topic, "ord")) == [prefixed])
        #expect(matched(AclFilter(.topic, "ord", patternType: .literal)) == [])
        #expect(matched(AclFilter(.topic, "ord", patternType: .prefixed)) == [prefixed])
        #expect(
            matched(AclFilter(.topic, "orders", patternType: .match))
                == [literal, prefixed, wildcard])
        #expect(matched(AclFilter(.topic, "o", patternType: .match)) == [wildcard])
        #expect(matched(AclFilter(nil, "orders", patternType: .match)).count == 4)
        #expect(matched(AclFilter(patternType: .match)).count == 4)
    }

    @Test func `An ACL's own filter lets it alone through`() {
        for acl in [literal, prefixed, wildcard, group] {
            #expect(matched(AclFilter(acl)) == [acl])
        }
    }

    @Test func `Names are read as Kafka's tools write and read them`() {
        #expect(AclOperation(name: "DescribeConfigs") == .describeConfigs)
        #expect(AclOperation(name: "describe_configs") == .describeConfigs)
        #expect(AclOperation(name: "describe-configs") == .describeConfigs)
        #expect(AclOperation(name: "describes") == nil)
        #expect(AclResourceType(name: "transactional-id") == .transactionalID)
        for operation in AclOperation.allCases {
            #expect(AclOperation(name: operation.name) == operation)
        }
    }
}
