/// Checks what the grammar does not: that every struct is defined once and every tag is given once.
struct SchemaChecker {
    let messages: [MessageDefinition]
    let firstFlexibleVersion: Int?

    /// - Throws: `SchemaError`; its line is 0, since the fault lies between lines.
    func check() throws(SchemaError) {
        for message in messages {
            let names = message.structs.map(\.name)
            for (index, name) in names.enumerated() where names[..<index].contains(name) {
                throw SchemaError(line: 0, message: "struct \(name) is defined twice")
            }
            try check(message.fields, known: Set(names))
            for shared in message.sharedStructs { try check(shared.fields, known: Set(names)) }
        }
    }

    private func check(
        _ fields: [FieldDefinition], known: Set<String>
    ) throws(SchemaError) {
        let tags = fields.compactMap(\.tag)
        guard Set(tags).count == tags.count else {
            throw SchemaError(line: 0, message: "a tag is given twice: \(tags)")
        }
        let first = fields.first { $0.tag != nil }
        if let first, firstFlexibleVersion == nil {
            throw SchemaError(line: 0, message: "\(first.name) has a tag where there are none")
        }
        for field in fields {
            if let name = field.type.structName, !known.contains(name) {
                throw SchemaError(line: 0, message: "\(field.name): no struct \(name)")
            }
            if !field.fields.isEmpty, field.type.structName == nil {
                throw SchemaError(line: 0, message: "\(field.name) is no struct but has fields")
            }
            if field.defaultValue == "null", field.nullableVersions == nil {
                throw SchemaError(line: 0, message: "\(field.name) may not be null by default")
            }
            try check(field.fields, known: known)
        }
    }
}
