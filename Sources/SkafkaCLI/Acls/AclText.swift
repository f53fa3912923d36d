internal import KafkaSecurity

extension Acl {
    /// `ALLOW User:alice READ on topic orders`
    var text: String {
        let pattern = patternType == .prefixed ? " (prefixed)" : ""
        let origin = host == Acl.wildcard ? "" : " from \(host)"
        return "\(permission.name) \(principal) \(operation.name) on "
            + "\(AclWords.word(resourceType)) \(resourceName)\(pattern)\(origin)"
    }

    /// In the order of what they are about.
    static func isBefore(_ one: Acl, _ other: Acl) -> Bool {
        let key = { (acl: Acl) in
            (acl.resourceType.rawValue, acl.resourceName, acl.patternType.rawValue, acl.principal)
        }
        if key(one) != key(other) { return key(one) < key(other) }
        return (one.host, one.operation.rawValue, one.permission.rawValue)
            < (other.host, other.operation.rawValue, other.permission.rawValue)
    }

    /// As columns and fields, with Kafka's words.
    var cells: [(title: String, name: StaticString, cell: Cell)] {
        [
            ("RESOURCE", "resourceType", .text(resourceType.name)),
            ("NAME", "resourceName", .text(resourceName)),
            ("PATTERN", "patternType", .text(patternType.name)),
            ("PRINCIPAL", "principal", .text(principal)),
            ("HOST", "host", .text(host)),
            ("OPERATION", "operation", .text(operation.name)),
            ("PERMISSION", "permissionType", .text(permission.name)),
        ]
    }
}

extension RowLayout<Acl> {
    /// The columns of `Acl.cells`.
    static var acls: RowLayout<Acl> {
        RowLayout(
            columns: Acl(.allow, "", .all, .cluster, "").cells.enumerated().map { index, part in
                .text(part.title, part.name) { $0.cells[index].cell }
            })
    }
}
