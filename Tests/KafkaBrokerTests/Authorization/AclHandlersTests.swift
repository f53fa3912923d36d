import KafkaBase
import KafkaSecurity
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct AclHandlersTests {
    private let settings = ["authorizer.class.name": "standard"]
    private let read = Acl(.allow, "User:a", .read, .topic, "t")
    private let prefix = Acl(
        .deny, "User:b", .all, .group, "g-", patternType: .prefixed, host: "10.0.0.1")

    private func filter(
        _ change: (inout DeleteAclsRequest.DeleteAclsFilter) -> Void
    ) -> DeleteAclsRequest.DeleteAclsFilter {
        var filter = DeleteAclsRequest.DeleteAclsFilter()
        filter.resourceTypeFilter = 1
        filter.resourceNameFilter = nil
        filter.patternTypeFilter = 1
        filter.principalFilter = nil
        filter.hostFilter = nil
        filter.operation = 1
        filter.permissionType = 1
        change(&filter)
        return filter
    }

    @Test func `Without an authorizer there are no ACLs`() async throws {
        try await TestBroker.with { broker in
            let described = await #expect(throws: TestBroker.Refused.self) {
                try await broker.describeAcls()
            }
            #expect(described?.code == .securityDisabled)
            #expect(described?.message == "No Authorizer is configured on the broker")
            let created = await #expect(throws: TestBroker.Refused.self) {
                try await broker.create([read])
            }
            #expect(created?.code == .securityDisabled)
            #expect(created?.message == "No Authorizer is configured.")
            var request = DeleteAclsRequest()
            request.filters = [filter { _ in }, filter { _ in }]
            let results = try await broker.send(request).filterResults
            #expect(results.map(\.errorCode) == [.securityDisabled, .securityDisabled])
        }
    }

    @Test(arguments: CreateAclsHandler.servedVersions)
    func `ACLs are kept over a restart, each once`(_ version: Int16) async throws {
        let directory = try TemporaryDirectory()
        var broker = try await TestBroker.start(directory.path, settings: settings)
        try await broker.create([read, prefix], version: version)
        try await broker.create([read], version: version)
        await broker.stop()
        broker = try await TestBroker.start(directory.path, settings: settings)
        let all = ["2 t 3 User:a * 3 3", "3 g- 4 User:b 10.0.0.1 2 2"]
        #expect(try await broker.describeAcls(version: version) == all)
        #expect(
            try await broker.describeAcls({ $0.resourceTypeFilter = 2 }, version: version)
                == [all[0]])
        let match = try await broker.describeAcls(
            {
                $0.resourceNameFilter = "g-1"
                $0.patternTypeFilter = 2
            }, version: version)
        #expect(match == [all[1]])

        var request = DeleteAclsRequest()
        request.filters = [
            filter { $0.principalFilter = "User:a" }, filter { $0.operation = 99 },
            filter { $0.resourceTypeFilter = 2 }, filter { $0.hostFilter = "10.0.0.2" },
        ]
        let results = try await broker.send(request, version: version).filterResults
        #expect(results.map(\.errorCode) == [.none, .invalidRequest, .none, .none])
        // As in Kafka, filters do not see what others remove.
        #expect(results.map(\.matchingAcls.count) == [1, 0, 1, 0])
        #expect(results[0].matchingAcls[0].resourceName == "t")
        await broker.stop()
        broker = try await TestBroker.start(directory.path, settings: settings)
        #expect(try await broker.describeAcls(version: version) == [all[1]])
        await broker.stop()
    }

    @Test func `What cannot be an ACL is refused by itself`() async throws {
        try await TestBroker.with(settings: settings) { broker in
            var request = CreateAclsRequest()
            let changes: [(inout CreateAclsRequest.AclCreation) -> Void] = [
                { $0.resourceType = 1 }, { $0.resourceType = 0 }, { $0.resourceName = "" },
                { $0.resourcePatternType = 2 }, { $0.operation = 1 }, { $0.permissionType = 1 },
                { $0.principal = "alice" },
                {
                    $0.resourceType = 4
                    $0.resourceName = "cluster"
                },
            ]
            request.creations = changes.map { change in
                var creation = TestBroker.creation(of: read)
                change(&creation)
                return creation
            }
            request.creations.append(TestBroker.creation(of: read))
            let results = try await broker.send(request).results
            #expect(results.dropLast().allSatisfy { $0.errorCode == .invalidRequest })
            #expect(results.dropLast().allSatisfy { $0.errorMessage?.isEmpty == false })
            #expect(results.last?.errorCode == ErrorCode.none)
            #expect(results.count == changes.count + 1)
            #expect(try await broker.describeAcls().count == 1)
        }
    }

    @Test func `There is a bound`() throws {
        var image = ClusterImage()
        for index in 0..<AclEdit.maxAcls {
            image.acls[.random()] = Acl(.allow, "User:\(index)", .read, .topic, "t")
        }
        var edit = AclEdit(image)
        try edit.create(Acl(.allow, "User:0", .read, .topic, "t"))
        let error = #expect(throws: ApiError.self) {
            try edit.create(Acl(.allow, "User:x", .read, .topic, "t"))
        }
        #expect(error?.code == .policyViolation)
        #expect(edit.changes.isEmpty)
    }

    @Test func `Settings that name nobody, or no authorizer, are refused`() throws {
        for (name, value) in [
            ("authorizer.class.name", "kafka.security.authorizer.AclAuthorizer"),
            ("super.users", "alice"), ("super.users", "User:a;bob"),
            ("allow.everyone.if.no.acl.found", "yes"),
        ] {
            #expect(throws: SettingError.self) { try BrokerSettings([name: value]) }
        }
        let settings = try BrokerSettings([
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:CN=a,O=b ; User:c;",
        ])
        #expect(settings.hasAuthorizer && !settings.allowsUnmentioned)
        #expect(settings.superUsers == [.init(name: "CN=a,O=b"), .init(name: "c")])
        #expect(try !BrokerSettings(["authorizer.class.name": ""]).hasAuthorizer)
    }
}
