import KafkaBase
import KafkaSecurity

/// What one request changes of the cluster's ACLs (Kafka's `AclControlManager`). A value.
struct AclEdit {
    /// ACLs that there may be; Kafka has no bound.
    static let maxAcls = 10_000

    /// As they were.
    private let acls: [Uuid: Acl]
    private var known: Set<Acl>
    private var removed: Set<Uuid> = []
    private(set) var changes: [MetadataChange] = []

    init(_ image: ClusterImage) {
        acls = image.acls
        known = Set(image.acls.values)
    }

    /// Adds an ACL; one that is there already stays as it is.
    mutating func create(_ acl: Acl) throws(ApiError) {
        if acl.resourceType == .cluster, acl.resourceName != AclResource.clusterName {
            throw ApiError(
                .invalidRequest,
                "The only valid name for the CLUSTER resource is \(AclResource.clusterName)")
        }
        guard !acl.resourceName.isEmpty else {
            throw ApiError(.invalidRequest, "Invalid empty resource name")
        }
        guard KafkaPrincipal(parsing: acl.principal) != nil else {
            throw ApiError(
                .invalidRequest,
                "Could not parse principal from `\(acl.principal)` (no colon is present "
                    + "separating the principal type from the principal name)")
        }
        guard !known.contains(acl) else { return }
        guard known.count < AclEdit.maxAcls else {
            throw ApiError(.policyViolation, "More than \(AclEdit.maxAcls) ACLs.")
        }
        known.insert(acl)
        changes.append(.putAcl(.random(), acl))
    }

    /// Removes the ACLs that a filter lets through, and tells them, those too that another filter
    /// of the request has removed.
    mutating func delete(_ filter: AclFilter) -> [Acl] {
        let found = acls.filter { filter.matches($0.value) }
        for id in found.keys where removed.insert(id).inserted { changes.append(.removeAcl(id)) }
        return found.values.sorted { "\($0)" < "\($1)" }
    }
}
