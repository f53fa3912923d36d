import KafkaBase
import KafkaWire
import NIOCore
import TestSupport

/// Compares a decoded message with the JSON that Kafka's own converter made of the same bytes.
///
/// Both ways: every member must be a property with that value, and every property that the JSON
/// leaves out must hold its default. Kafka leaves out what the version lacks, and tagged fields
/// that hold their default. Tagged fields that no version knows do not show in the JSON.
struct MessageComparison {
    /// What fields were called before Kafka 4.1, which gave ListClientMetricsResources its name of
    /// today (KIP-1142).
    private static let formerNames = [
        "configResources": "clientMetricsResources", "resourceName": "name",
    ]

    private(set) var differences: [String] = []

    static func differences(_ message: some WireStruct, _ json: JSON) -> [String] {
        var comparison = MessageComparison()
        comparison.compare(message, json, at: "")
        return comparison.differences
    }

    private mutating func differ(_ path: String, _ what: String) {
        differences.append("\(path.isEmpty ? "message" : path): \(what)")
    }

    private mutating func compare(_ message: some WireStruct, _ json: JSON, at path: String) {
        guard let members = json.members else { return differ(path, "\(json) is no object") }
        var expected = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) })
        let defaults = Mirror(reflecting: type(of: message).init()).children.map(\.value)
        for (child, standard) in zip(Mirror(reflecting: message).children, defaults) {
            guard let name = child.label, name != "unknownTaggedFields" else { continue }
            let childPath = path + "." + name
            let size = Mirror(reflecting: child.value).subjectType == RecordsPayload?.self
            if size, let count = expected.removeValue(forKey: name + "SizeInBytes") {
                compareValue((child.value as? RecordsPayload)?.count as Any, count, at: childPath)
            } else if let value = expected.removeValue(forKey: name)
                ?? MessageComparison.formerNames[name].flatMap({ expected.removeValue(forKey: $0) })
            {
                compareValue(child.value, value, at: childPath)
            } else if "\(child.value)" != "\(standard)" {
                differ(childPath, "\(child.value), but Kafka has it at its default \(standard)")
            }
        }
        for name in expected.keys.sorted() { differ(path, "no property \(name)") }
    }

    private mutating func compareValue(_ value: Any, _ json: JSON, at path: String) {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional {
            if let some = mirror.children.first { return compareValue(some.value, json, at: path) }
            if json != .null { differ(path, "nil, but Kafka has \(json)") }
        } else if let structure = value as? any WireStruct {
            compare(structure, json, at: path)
        } else if let array = value as? [Any], !(value is ByteBuffer) {
            compareArray(array, json, at: path)
        } else if let mine = MessageComparison.scalar(value), mine != json {
            differ(path, "\(mine), but Kafka has \(json)")
        } else if MessageComparison.scalar(value) == nil {
            differ(path, "\(mirror.subjectType) cannot be compared")
        }
    }

    private mutating func compareArray(_ array: [Any], _ json: JSON, at path: String) {
        guard let elements = json.elements else { return differ(path, "\(json) is no array") }
        if array.count != elements.count {
            differ(path, "\(array.count) elements, but Kafka has \(elements.count)")
        }
        for (index, (element, expected)) in zip(array, elements).enumerated() {
            compareValue(element, expected, at: "\(path)[\(index)]")
        }
    }

    /// The value as Kafka's converter writes it; nil for a type it does not know.
    private static func scalar(_ value: Any) -> JSON? {
        switch value {
        case let value as Bool: .bool(value)
        case let value as any FixedWidthInteger: .integer(Int64(value))
        case let value as Double: .number(value)
        case let value as String: .string(value)
        case let value as ErrorCode: .integer(Int64(value.rawValue))
        case let value as Uuid: .string(value.description)
        case let value as ByteBuffer: .string(Base64.encode(Array(value.readableBytesView)))
        default: nil
        }
    }
}

/// Base64 with padding, as Jackson writes binary values.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            var digits: [UInt8] = []
            for _ in 0..<4 {
                digits.insert(alphabet[bits & 63], at: 0)
                bits >>= 6
            }
            text += digits.prefix(group.count + 1)
            text += [UInt8](repeating: 0x3D, count: 3 - group.count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
