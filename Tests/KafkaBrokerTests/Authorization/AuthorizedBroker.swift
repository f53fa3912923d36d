import KafkaBase
import KafkaSecurity
import KafkaTransport
import KafkaWire
import TestSupport

@testable import KafkaBroker

/// A broker with an authorizer: its owner comes over the Unix socket and may do everything, the
/// client over TCP as `User:ANONYMOUS`.
struct AuthorizedBroker {
    let owner: TestBroker
    let client: TestBroker

    static func with(
        settings: [String: String] = [:], _ body: (AuthorizedBroker) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        var options = try TestBroker.options(
            directory.path,
            settings: ["authorizer.class.name": "standard"].merging(settings) { $1 },
            topics: [.init(name: "t", partitions: 2), .init(name: "other")])
        options.listeners.append(.tcp(host: "127.0.0.1", port: 0))
        let owner = try await TestBroker.start(options)
        do {
            let client = try await owner.over(listener: 1)
            defer { client.connection.close() }
            try await body(AuthorizedBroker(owner: owner, client: client))
        } catch {
            await owner.stop()
            throw error
        }
        await owner.stop()
    }

    /// Allows the client something.
    func allow(
        _ operation: AclOperation, _ type: AclResourceType, _ name: String,
        patternType: Acl.PatternType = .literal
    ) async throws {
        try await owner.create([
            Acl(.allow, "User:ANONYMOUS", operation, type, name, patternType: patternType)
        ])
    }
}

extension TestBroker {
    struct Refused: Error {
        var code: ErrorCode
        var message: String?
    }

    static func creation(of acl: Acl) -> CreateAclsRequest.AclCreation {
        var creation = CreateAclsRequest.AclCreation()
        creation.resourceType = acl.resourceType.rawValue
        creation.resourceName = acl.resourceName
        creation.resourcePatternType = acl.patternType.rawValue
        creation.principal = acl.principal
        creation.host = acl.host
        creation.operation = acl.operation.rawValue
        creation.permissionType = acl.permission.rawValue
        return creation
    }

    func create(_ acls: [Acl], version: Int16 = 3) async throws {
        var request = CreateAclsRequest()
        request.creations = acls.map(TestBroker.creation)
        for result in try await send(request, version: version).results
        where result.errorCode != .none {
            throw Refused(code: result.errorCode, message: result.errorMessage)
        }
    }

    /// As text, in the order of the answer.
    func describeAcls(
        _ change: (inout DescribeAclsRequest) -> Void = { _ in }, version: Int16 = 3
    ) async throws -> [String] {
        var request = DescribeAclsRequest()
        request.resourceTypeFilter = 1
        request.resourceNameFilter = nil
        request.patternTypeFilter = 1
        request.principalFilter = nil
        request.hostFilter = nil
        request.operation = 1
        request.permissionType = 1
        change(&request)
        let response = try await send(request, version: version)
        guard response.errorCode == .none else {
            throw Refused(code: response.errorCode, message: response.errorMessage)
        }
        return response.resources.flatMap { resource in
            resource.acls.map { acl in
                "\(resource.resourceType) \(resource.resourceName) \(resource.patternType) "
                    + "\(acl.principal) \(acl.host) \(acl.operation) \(acl.permissionType)"
            }
        }
    }
}
