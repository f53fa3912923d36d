/// Renders the members of one struct: its properties, its decoding and its encoding.
struct StructRenderer {
    let firstFlexibleVersion: Int?
    /// Of the definition that the struct belongs to.
    let messages: [MessageDefinition]
    /// Of a record's key or value, which is shown field by field.
    let isData: Bool
    /// Versions in which the struct occurs: what always holds within them needs no condition.
    let versions: ClosedRange<Int>
    let fields: [FieldDefinition]
    /// Whether it is the message itself rather than a struct within it.
    let isMessage: Bool
    /// All structs of the message, to look tagged ones up.
    let structs: [StructDefinition]

    private var isFlexible: Bool { firstFlexibleVersion != nil }

    /// The expression for "this version has compact lengths".
    private var compact: String { isFlexible ? "flexible" : "false" }

    private var tagged: [FieldDefinition] { fields.filter { $0.tag != nil } }

    func render(into output: inout SourceText) {
        for field in fields {
            for comment in field.comments { output.line("/// \(comment)") }
            output.line(
                "public var \(field.swiftName): \(field.swiftType) = \(field.swiftDefault)")
        }
        if isFlexible {
            output.line("public var unknownTaggedFields: [TaggedField] = []")
        }
        output.line("")
        output.line("public init() {}")
        output.line("")
        renderDecoder(into: &output)
        output.line("")
        renderEncoder(into: &output)
        if isData {
            output.line("")
            renderFields(into: &output)
        }
        if isTaggedStruct {
            output.line("")
            renderIsDefault(into: &output)
        }
    }

    // MARK: Conditions

    /// The condition under which a field is there, or nil when it always is.
    private func condition(_ range: ClosedRange<Int>) -> String? {
        let low = range.lowerBound > versions.lowerBound ? "version >= \(range.lowerBound)" : nil
        let high = range.upperBound < versions.upperBound ? "version <= \(range.upperBound)" : nil
        let parts = [low, high].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " && ")
    }

    /// The same for a tagged field, whose code stands under `if flexible`.
    private func taggedCondition(_ field: FieldDefinition) -> String? {
        let low = field.versions.lowerBound
        let isFirst = low <= firstFlexibleVersion ?? 0
        return condition((isFirst ? versions.lowerBound : low)...field.versions.upperBound)
    }

    private func conditionally(
        _ condition: String?, _ output: inout SourceText, _ body: (inout SourceText) -> Void
    ) {
        if let condition {
            output.block("if \(condition)", body)
        } else {
            body(&output)
        }
    }

    private func renderFlexible(into output: inout SourceText) {
        guard let first = firstFlexibleVersion else { return }
        output.line("let flexible = version >= \(first)")
    }

    private func renderVersionCheck(into output: inout SourceText) {
        guard isMessage else { return }
        output.block("guard Self.validVersions.contains(version) else") {
            $0.line("throw .unsupportedVersion(version)")
        }
    }

    // MARK: Decoding

    private func renderDecoder(into output: inout SourceText) {
        let access = isMessage ? "public " : ""
        output.block(
            "\(access)init(from reader: inout WireReader, version: Int16) throws(WireError)"
        ) { output in
            renderVersionCheck(into: &output)
            renderFlexible(into: &output)
            for field in fields where field.tag == nil {
                conditionally(condition(field.versions), &output) { output in
                    renderRead(field, into: &output)
                }
            }
            renderTaggedRead(into: &output)
        }
    }

    private func renderRead(_ field: FieldDefinition, into output: inout SourceText) {
        let always = read(field.type, isNullable: field.nullableVersions != nil)
        guard let nullable = field.nullableVersions, let when = condition(nullable),
            nullable != field.versions
        else {
            return output.line("\(field.access) = \(always)")
        }
        output.block("if \(when)") { $0.line("\(field.access) = \(always)") }
        output.block("else") { $0.line("\(field.access) = \(read(field.type, isNullable: false))") }
    }

    private func renderTaggedRead(into output: inout SourceText) {
        guard isFlexible else { return }
        output.block("if flexible") { output in
            guard !tagged.isEmpty else {
                output.line("unknownTaggedFields = try reader.readTaggedFields()")
                return
            }
            output.line("var fields = try reader.readTaggedFields()")
            for field in tagged {
                // A tag that this version does not have yet is kept as an unknown one.
                let take = "var reader = fields.take(\(field.tag ?? 0))"
                let parts = [taggedCondition(field), take].compactMap(\.self)
                let header = "if " + parts.joined(separator: ", ")
                output.block(header) { output in
                    output.line(
                        "\(field.access) = "
                            + read(
                                field.type, isNullable: field.nullableVersions != nil,
                                isTagged: true))
                }
            }
            output.line("unknownTaggedFields = fields")
        }
    }

    /// The expression that reads a value.
    private func read(_ type: FieldType, isNullable: Bool, isTagged: Bool = false) -> String {
        let nullable = isNullable ? "Nullable" : ""
        switch type {
        case .bool: return "try reader.readBool()"
        case .int8, .int16, .uint16, .int32, .uint32, .int64: return "try reader.readInteger()"
        case .error: return "ErrorCode(rawValue: try reader.readInteger())"
        case .float64: return "try reader.readFloat64()"
        case .uuid: return "try reader.readUuid()"
        case .string: return "try reader.read\(nullable)String(compact: \(compact))"
        case .bytes: return "try reader.read\(nullable)Bytes(compact: \(compact))"
        case .records: return "try reader.readNullableRecords(compact: \(compact))"
        case .structure(let name):
            let plain = "try \(name)(from: &reader, version: version)"
            let isPresent =
                isTagged ? "try reader.readUnsignedVarint() > 0" : "try reader.readIsPresent()"
            return isNullable ? "\(isPresent) ? \(plain) : nil" : plain
        case .array(let element):
            return "try reader.read\(nullable)Array(compact: \(compact)) "
                + "{ reader throws(WireError) in\n"
                + "    \(read(element, isNullable: false))\n}"
        }
    }

    // MARK: Encoding

    private func renderEncoder(into output: inout SourceText) {
        let access = isMessage ? "public " : ""
        output.block(
            "\(access)func encode(to writer: inout WireWriter, version: Int16) throws(WireError)"
        ) { output in
            renderVersionCheck(into: &output)
            renderFlexible(into: &output)
            for field in fields where field.tag == nil {
                guard let condition = condition(field.versions) else {
                    renderWrite(field, into: &output)
                    continue
                }
                output.block("if \(condition)") { renderWrite(field, into: &$0) }
                renderRefusal(field, into: &output)
            }
            renderTaggedWrite(into: &output)
        }
    }

    /// A value that the version cannot carry is an error, unless the definition lets it drop.
    private func renderRefusal(_ field: FieldDefinition, into output: inout SourceText) {
        guard !field.isIgnorable, let isDefault = isDefault(field) else { return }
        output.block("else if !(\(isDefault))") {
            $0.line("throw .unsupportedField(\"\(field.name)\", version: version)")
        }
    }

    private func renderWrite(_ field: FieldDefinition, into output: inout SourceText) {
        let isOptional = field.nullableVersions != nil
        if let nullable = field.nullableVersions, nullable != field.versions,
            let when = condition(nullable)
        {
            output.block("if \(field.access) == nil && !(\(when))") {
                $0.line("throw .unsupportedField(\"\(field.name)\", version: version)")
            }
        }
        if isOptional, case .structure = field.type {
            output.line("writer.writeIsPresent(\(field.access) != nil)")
            output.line("try \(field.access)?.encode(to: &writer, version: version)")
        } else {
            output.line(write(field.type, field.access))
        }
    }

    private func renderTaggedWrite(into output: inout SourceText) {
        guard isFlexible else { return }
        output.block("if flexible") { output in
            guard !tagged.isEmpty else {
                return output.line("writer.writeTaggedFields(unknownTaggedFields)")
            }
            output.line("var fields = unknownTaggedFields")
            for field in tagged {
                let differs = "!(\(isDefault(field) ?? "false"))"
                let when = [taggedCondition(field), differs].compactMap(\.self)
                output.block("if \(when.joined(separator: " && "))") { output in
                    output.block(
                        "try fields.add(\(field.tag ?? 0))",
                        closure: "writer throws(WireError)"
                    ) { renderTaggedValue(field, into: &$0) }
                }
            }
            output.line("writer.writeTaggedFields(fields)")
        }
    }

    private func renderTaggedValue(_ field: FieldDefinition, into output: inout SourceText) {
        if field.nullableVersions != nil, case .structure = field.type {
            // Among tagged fields Kafka writes a varint of 0 or 1 for it.
            output.line("writer.writeUnsignedVarint(\(field.access) == nil ? 0 : 1)")
            output.line("try \(field.access)?.encode(to: &writer, version: version)")
        } else {
            output.line(write(field.type, field.access))
        }
    }

    /// The statement that writes a value.
    private func write(_ type: FieldType, _ value: String) -> String {
        switch type {
        case .bool: "writer.writeBool(\(value))"
        case .int8, .int16, .uint16, .int32, .uint32, .int64: "writer.writeInteger(\(value))"
        case .error: "writer.writeErrorCode(\(value))"
        case .float64: "writer.writeFloat64(\(value))"
        case .uuid: "writer.writeUuid(\(value))"
        case .string: "try writer.writeString(\(value), compact: \(compact))"
        case .bytes: "try writer.writeBytes(\(value), compact: \(compact))"
        case .records: "try writer.writeRecords(\(value), compact: \(compact))"
        case .structure: "try \(value).encode(to: &writer, version: version)"
        case .array(let element):
            "try writer.writeArray(\(value), compact: \(compact)) "
                + "{ writer, element throws(WireError) in\n"
                + "    \(write(element, "element"))\n}"
        }
    }

    // MARK: Showing

    /// The fields that Kafka's JSON converters show: those of the version, and of the tagged ones
    /// those that are set.
    private func renderFields(into output: inout SourceText) {
        let access = isMessage ? "public " : ""
        output.block("\(access)func fields(version: Int16) -> [WireField]") { output in
            guard !fields.isEmpty else { return output.line("[]") }
            output.line("var fields: [WireField] = []")
            for field in fields {
                let isSet = field.tag == nil ? nil : isDefault(field).map { "!(\($0))" }
                let when = [condition(field.versions), isSet].compactMap(\.self)
                let isOptional = field.nullableVersions != nil
                let body =
                    "fields.append(WireField(\"\(field.name)\","
                    + " \(shown(field.type, field.access, isOptional: isOptional))))"
                conditionally(when.isEmpty ? nil : when.joined(separator: " && "), &output) {
                    $0.line(body)
                }
            }
            output.line("return fields")
        }
    }

    /// The expression for a value as it is shown; null is taken care of by `WireValue`.
    private func shown(
        _ type: FieldType, _ value: String, isOptional: Bool = false
    ) -> String {
        switch type {
        case .structure: "WireValue(\(value)\(isOptional ? "?" : "").fields(version: version))"
        case .array(let element):
            "WireValue(\(value)) { \(shown(element, "$0")) }"
        default: "WireValue(\(value))"
        }
    }

    // MARK: Defaults

    /// The expression for "holds its default"; nil where there is none.
    private func isDefault(_ field: FieldDefinition) -> String? {
        if field.defaultValue == "null" { return "\(field.access) == nil" }
        let optional = field.nullableVersions != nil
        switch field.type {
        case .array:
            return optional ? "\(field.access)?.isEmpty ?? false" : "\(field.access).isEmpty"
        case .bytes: return "\(field.access)\(optional ? "?" : "").readableBytes == 0"
        case .records: return "\(field.access) == nil"
        case .structure:
            if field.tag != nil, optional { return "\(field.access)?.isDefault ?? false" }
            return optional ? "\(field.access) == nil" : "\(field.access).isDefault"
        case .bool: return field.defaultValue == "true" ? field.access : "!\(field.access)"
        default: return "\(field.access) == \(field.swiftDefault)"
        }
    }

    /// Whether some field holds this struct as a value that is left out at its default.
    private var isTaggedStruct: Bool {
        guard !isMessage else { return false }
        let mine = structs.first { $0.fields == fields && $0.versions == versions }?.name
        let all = messages.flatMap { $0.fields + $0.structs.flatMap(\.fields) }
        return all.contains { field in
            field.type == .structure(mine ?? "") && field.defaultValue != "null"
                && (field.nullableVersions == nil || field.tag != nil)
        }
    }

    private func renderIsDefault(into output: inout SourceText) {
        output.line("/// Whether all hold their defaults, so that a tagged field is left out.")
        output.block("var isDefault: Bool") { output in
            let parts = fields.compactMap { isDefault($0) }.map { "(\($0))" }
            let kept = isFlexible ? ["unknownTaggedFields.isEmpty"] : []
            output.line((parts + kept).joined(separator: " && "))
        }
    }
}
