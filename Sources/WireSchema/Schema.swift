/// One API as its definition file describes it: request, response and the versions of both.
public struct APIDefinition: Equatable, Sendable {
    /// `Produce`, for `ProduceRequest` and `ProduceResponse`.
    public var name: String
    /// The API key on the wire.
    public var key: Int
    public var versions: ClosedRange<Int>
    /// First version with compact lengths and tagged fields (KIP-482); nil where there is none.
    public var firstFlexibleVersion: Int?
    /// The prose at the head of the file, a line each.
    public var comments: [String]
    public var request: MessageDefinition
    public var response: MessageDefinition
}

/// What a record holds as its key or value, as its definition file describes it: no request, so it
/// has no API key. Its version stands in front of it, in the record.
public struct DataDefinition: Equatable, Sendable {
    /// Kafka's own, with the `Key` or `Value` behind it.
    public var name: String
    /// The number by which the metadata log knows the record; nil elsewhere.
    public var recordType: Int?
    public var versions: ClosedRange<Int>
    public var firstFlexibleVersion: Int?
    public var comments: [String]
    public var message: MessageDefinition
}

/// What a definition file defines.
public enum Definition: Equatable, Sendable {
    case api(APIDefinition)
    case data(DataDefinition)

    public var name: String {
        switch self {
        case .api(let api): api.name
        case .data(let data): data.name
        }
    }
}

/// The fields of a request or a response, and the structs that several of its fields share.
public struct MessageDefinition: Equatable, Sendable {
    public var fields: [FieldDefinition]
    public var sharedStructs: [StructDefinition]

    /// All structs of the message, in the order in which they are first named.
    public var structs: [StructDefinition] {
        var all: [StructDefinition] = []
        func visit(_ fields: [FieldDefinition]) {
            for field in fields where !field.fields.isEmpty {
                guard let name = field.type.structName else { continue }
                all.append(
                    StructDefinition(name: name, versions: field.versions, fields: field.fields))
                visit(field.fields)
            }
        }
        visit(fields)
        for shared in sharedStructs {
            all.append(shared)
            visit(shared.fields)
        }
        return all
    }
}

/// A nested struct. Its fields' versions are to be read within its own.
public struct StructDefinition: Equatable, Sendable {
    public var name: String
    public var versions: ClosedRange<Int>
    public var fields: [FieldDefinition]
}

/// One field: a line of a definition file.
public struct FieldDefinition: Equatable, Sendable {
    public var name: String
    public var type: FieldType
    /// Versions that have the field.
    public var versions: ClosedRange<Int>
    /// Versions in which it may be null; nil where it never may.
    public var nullableVersions: ClosedRange<Int>?
    /// The tag, for a field that stands among the tagged fields.
    public var tag: Int?
    /// The default as written (`-1`, `true`, `null`); nil for the type's own zero.
    public var defaultValue: String?
    /// Whether a value may be dropped silently in versions that lack the field.
    public var isIgnorable: Bool
    /// The prose above the field.
    public var comments: [String]
    /// The fields of the struct that is defined in place; empty for every other type.
    public var fields: [FieldDefinition]
}

/// What a field holds.
public indirect enum FieldType: Equatable, Sendable {
    case bool, int8, int16, uint16, int32, uint32, int64, float64
    case uuid, string, bytes, records
    /// An int16 that is a protocol error code.
    case error
    case structure(String)
    case array(FieldType)

    /// The struct that the type or its elements are, if any.
    public var structName: String? {
        switch self {
        case .structure(let name): name
        case .array(let element): element.structName
        default: nil
        }
    }

    static let primitives: [String: FieldType] = [
        "bool": .bool, "int8": .int8, "int16": .int16, "uint16": .uint16, "int32": .int32,
        "uint32": .uint32, "int64": .int64, "float64": .float64, "uuid": .uuid,
        "string": .string, "bytes": .bytes, "records": .records, "error": .error,
    ]
}

/// A definition that cannot be read: what is wrong and in which line, counted from 1.
public struct SchemaError: Error, Equatable, Sendable, CustomStringConvertible {
    public var line: Int
    public var message: String

    public var description: String { "line \(line): \(message)" }
}
