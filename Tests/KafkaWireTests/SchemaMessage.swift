import TestSupport
import WireSchema

/// A message made up from its definition: its bytes by this file's own reading of the wire format,
/// and its fields as Kafka's JSON would show them. Nothing here comes from the generated code.
struct SchemaMessage {
    var bytes: [UInt8]
    var json: JSON

    /// - Parameter unknownTags: whether tagged fields that no version knows may occur.
    static func random(
        _ entry: Definitions.Entry, version: Int, unknownTags: Bool = true,
        using random: inout SeededGenerator
    ) -> SchemaMessage {
        var maker = SchemaMessageMaker(
            version: version, isFlexible: version >= entry.firstFlexibleVersion ?? .max,
            structs: entry.definition.structs, unknownTags: unknownTags, random: random)
        let json = maker.appendStruct(entry.definition.fields)
        random = maker.random
        return SchemaMessage(bytes: maker.bytes, json: json)
    }
}

private struct SchemaMessageMaker {
    let version: Int
    let isFlexible: Bool
    let structs: [StructDefinition]
    let unknownTags: Bool
    var random: SeededGenerator
    var bytes: [UInt8] = []

    // MARK: Structs

    mutating func appendStruct(_ fields: [FieldDefinition], isTagged: Bool = false) -> JSON {
        var members: [JSON.Member] = []
        let present = fields.filter { $0.versions.contains(version) }
        for field in present where field.tag == nil {
            let isNullable = field.nullableVersions?.contains(version) ?? (field.type == .records)
            let isNull = isNullable && Int.random(in: 0..<4, using: &random) == 0
            members.append(append(field, isNull: isNull, isTagged: isTagged))
        }
        guard isFlexible else { return .object(members) }
        appendTagged(present.filter { $0.tag != nil }, &members)
        return .object(members)
    }

    private mutating func appendTagged(
        _ fields: [FieldDefinition], _ members: inout [JSON.Member]
    ) {
        var sections: [(tag: UInt32, data: [UInt8])] = []
        let outer = bytes
        for field in fields where Bool.random(using: &random) {
            bytes = []
            members.append(append(field, isNull: false, isTagged: true))
            sections.append((UInt32(field.tag ?? 0), bytes))
        }
        if unknownTags, Int.random(in: 0..<4, using: &random) == 0 {
            let tag = UInt32.random(in: 100..<1 << 31, using: &random)
            sections.append((tag, randomBytes(upTo: 200)))
        }
        bytes = outer
        sections.sort { $0.tag < $1.tag }
        appendVarint(UInt32(sections.count))
        for section in sections {
            appendVarint(section.tag)
            appendVarint(UInt32(section.data.count))
            bytes += section.data
        }
    }

    private mutating func append(
        _ field: FieldDefinition, isNull: Bool, isTagged: Bool
    ) -> JSON.Member {
        guard !isNull else {
            appendNull(field.type)
            return JSON.Member(field.name, .null)
        }
        if case .structure = field.type, field.nullableVersions != nil { bytes.append(1) }
        let value = appendValue(field.type, isTagged: isTagged)
        return JSON.Member(field.type == .records ? field.name + "SizeInBytes" : field.name, value)
    }

    private mutating func appendNull(_ type: FieldType) {
        switch type {
        case .structure: bytes.append(0xFF)
        case .string: appendLength(nil, width: 2)
        default: appendLength(nil, width: 4)
        }
    }

    // MARK: Values

    /// - Parameter isTagged: whether the value must differ from every default, since a tagged field
    ///   at its default is left out.
    private mutating func appendValue(_ type: FieldType, isTagged: Bool) -> JSON {
        switch type {
        case .bool:
            let value = isTagged || Bool.random(using: &random)
            bytes.append(value ? 1 : 0)
            return .bool(value)
        case .int8: return integer(Int8.self, isTagged)
        case .int16, .error: return integer(Int16.self, isTagged)
        case .uint16: return integer(UInt16.self, isTagged)
        case .int32: return integer(Int32.self, isTagged)
        case .uint32: return integer(UInt32.self, isTagged)
        case .int64: return integer(Int64.self, isTagged)
        case .float64:
            let value = Double(Int32.random(in: .min ... .max, using: &random)) / 8
            appendInteger(value.bitPattern)
            return .number(value)
        case .uuid: return uuid()
        case .string: return string(isTagged)
        case .bytes, .records:
            let content = randomBytes(upTo: 300)
            appendLength(content.count, width: 4)
            bytes += content
            if type == .records { return .integer(Int64(content.count)) }
            return .string(Base64.encode(content))
        case .structure(let name):
            let fields = structs.first { $0.name == name }?.fields ?? []
            return appendStruct(fields, isTagged: isTagged)
        case .array(let element):
            // More than 127 elements take a second length byte, but not in every array.
            let isLong = Int.random(in: 0..<200, using: &random) == 0
            let count = isLong ? 130 : Int.random(in: (isTagged ? 1 : 0)...3, using: &random)
            appendLength(count, width: 4)
            return .array((0..<count).map { _ in appendValue(element, isTagged: isTagged) })
        }
    }

    private mutating func integer<Value: FixedWidthInteger>(
        _: Value.Type, _ isTagged: Bool
    ) -> JSON {
        let edges = [Value.min, .max, 0, 1, 0 &- 1]
        let isEdge = !isTagged && Bool.random(using: &random)
        // No default in any definition lies between 2 and the largest value.
        let value =
            isEdge
            ? edges[Int.random(in: 0..<edges.count, using: &random)]
            : Value.random(in: 2..<Value.max, using: &random)
        appendInteger(value)
        return .integer(Int64(value))
    }

    private mutating func uuid() -> JSON {
        let content = (0..<16).map { _ in UInt8.random(in: 1...255, using: &random) }
        bytes += content
        let text = Base64.encode(content).map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
        return .string(String(text.prefix { $0 != "=" }))
    }

    private mutating func string(_ isTagged: Bool) -> JSON {
        let long = String(repeating: "x", count: 300)
        let choices = ["", "a", "topic.name_1", "naïve-ключ-鍵-🔑", long]
        let text = choices[Int.random(in: (isTagged ? 1 : 0)..<choices.count, using: &random)]
        appendLength(text.utf8.count, width: 2)
        bytes += text.utf8
        return .string(text)
    }

    private mutating func randomBytes(upTo limit: Int) -> [UInt8] {
        let count = Int.random(in: 0..<limit, using: &random)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    // MARK: Primitives

    private mutating func appendInteger(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private mutating func appendVarint(_ value: UInt32) {
        var rest = value
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func appendLength(_ length: Int?, width: Int) {
        if isFlexible {
            appendVarint(length.map { UInt32($0 + 1) } ?? 0)
        } else if width == 2 {
            appendInteger(Int16(length ?? -1))
        } else {
            appendInteger(Int32(length ?? -1))
        }
    }
}
