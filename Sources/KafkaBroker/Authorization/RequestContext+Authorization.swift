import KafkaBase
import KafkaSecurity

/// What the client of a request may do. Where nothing bounds it, each costs a look at a nil.
extension RequestContext {
    /// Whether the client may do what it asks for.
    @inline(__always)
    func allows(_ operation: AclOperation, _ resource: @autoclosure () -> AclResource) -> Bool {
        guard let authorization else { return true }
        let resource = resource()
        guard !authorization.allows(operation, resource) else { return true }
        authorization.noteRefusal(of: operation, resource)
        return false
    }

    /// Why the client may not do what it asks for; nil when it may.
    @inline(__always)
    func refusal(
        of operation: AclOperation, _ resource: @autoclosure () -> AclResource
    ) -> ApiError? {
        allows(operation, resource()) ? nil : .notAuthorized(resource().type)
    }

    /// Whether the client may do what it did not ask for in words: see what is listed, or do
    /// something by an ACL that is only one of several which would do.
    @inline(__always)
    func shows(_ operation: AclOperation, _ resource: @autoclosure () -> AclResource) -> Bool {
        authorization?.allows(operation, resource()) ?? true
    }

    /// Topics are made by who may make this one, or any.
    func allowsCreation(of topic: String) -> Bool {
        shows(.create, .cluster) || allows(.create, .topic(topic))
    }

    /// - Throws: `ApiError` where the client may not see, or not change, the settings of something.
    func checkConfigs(_ operation: AclOperation, type: Int8, name: String) throws(ApiError) {
        let resource: AclResource? =
            switch ConfigResourceType(rawValue: type) {
            case .topic: .topic(name)
            case .group: .group(name)
            case .broker, .brokerLogger, .clientMetrics: .cluster
            // Refused for what it is.
            case nil: nil
            }
        if let resource, let refusal = refusal(of: operation, resource) { throw refusal }
    }

    /// All that the client may do to a resource, as the set of bits that some responses carry.
    func authorizedOperations(on resource: AclResource) -> Int32 {
        resource.type.operations.reduce(0) { bits, operation in
            shows(operation, resource) ? bits | 1 << operation.rawValue : bits
        }
    }

    /// Likewise of the cluster, which only who may describe it is told.
    var authorizedClusterOperations: Int32 {
        allows(.describe, .cluster) ? authorizedOperations(on: .cluster) : 0
    }
}

extension ApiError {
    /// With the text of Kafka's `Errors`.
    static func notAuthorized(_ type: AclResourceType) -> ApiError {
        switch type {
        case .topic: ApiError(.topicAuthorizationFailed, "Topic authorization failed.")
        case .group: ApiError(.groupAuthorizationFailed, "Group authorization failed.")
        case .transactionalID:
            ApiError(
                .transactionalIdAuthorizationFailed, "Transactional Id authorization failed.")
        case .delegationToken:
            ApiError(
                .delegationTokenAuthorizationFailed, "Delegation Token authorization failed.")
        case .cluster, .user:
            ApiError(.clusterAuthorizationFailed, "Cluster authorization failed.")
        }
    }
}
