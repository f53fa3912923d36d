extension FieldDefinition {
    private static let keywords: Set<String> = ["protocol", "operator", "default", "in", "is"]
    /// Names of parameters and variables of the generated functions.
    private static let taken: Set<String> = ["version", "fields", "reader", "writer", "flexible"]

    /// The property's name where it is declared.
    var swiftName: String { FieldDefinition.keywords.contains(name) ? "`\(name)`" : name }

    /// The property's name where it is used, within the struct.
    var access: String {
        let needsSelf =
            FieldDefinition.keywords.contains(name) || FieldDefinition.taken.contains(name)
        return needsSelf ? "self.\(name)" : name
    }

    /// The property's type.
    var swiftType: String {
        let plain = type.swiftName
        // Null records stand for none in every version that has the field.
        return nullableVersions != nil || type == .records ? plain + "?" : plain
    }

    /// The property's initial value, as Kafka's default for the field.
    var swiftDefault: String {
        if defaultValue == "null" { return "nil" }
        switch type {
        case .bool: return defaultValue ?? "false"
        case .string: return "\"\""
        case .bytes: return "ByteBuffer()"
        case .records: return "nil"
        case .uuid: return ".zero"
        case .error: return ".none"
        case .structure(let name):
            return nullableVersions == nil || tag != nil ? "\(name)()" : "nil"
        case .array: return "[]"
        default: return defaultValue ?? "0"
        }
    }
}

extension FieldType {
    /// The type in Swift, without regard to null.
    var swiftName: String {
        switch self {
        case .bool: "Bool"
        case .int8: "Int8"
        case .int16: "Int16"
        case .uint16: "UInt16"
        case .int32: "Int32"
        case .uint32: "UInt32"
        case .int64: "Int64"
        case .float64: "Double"
        case .uuid: "Uuid"
        case .string: "String"
        case .bytes: "ByteBuffer"
        case .records: "RecordsPayload"
        case .error: "ErrorCode"
        case .structure(let name): name
        case .array(let element): "[\(element.swiftName)]"
        }
    }
}
