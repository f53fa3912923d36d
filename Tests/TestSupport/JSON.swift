/// A JSON value as the tests read it: integers stay exact, an object keeps its members' order.
public indirect enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    public struct Member: Equatable, Sendable {
        public var name: String
        public var value: JSON

        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    public struct Malformed: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    /// The member of that name; nil where there is none, or where this is no object.
    public subscript(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    public var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    public var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    public var text: String? { if case .string(let text) = self { text } else { nil } }
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    public var isNull: Bool { self == .null }

    /// Reads one whole JSON text.
    public init(_ text: some StringProtocol) throws {
        var parser = JSONParser(bytes: Array(text.utf8))
        self = try parser.parse()
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func parse() throws -> JSON {
        let value = try parseValue()
        skipSpace()
        guard position == bytes.count else { return try fail("something behind the value") }
        return value
    }

    private func fail<Value>(_ what: String) throws -> Value {
        throw JSON.Malformed(description: "JSON at byte \(position): \(what)")
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) {
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func parseValue() throws -> JSON {
        skipSpace()
        guard position < bytes.count else { return try fail("the text ends") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try parseNumber()
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { return try fail("no such word") }
        position += word.utf8.count
        return value
    }

    private mutating func parseObject() throws -> JSON {
        position += 1
        var members: [JSON.Member] = []
        if take(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            skipSpace()
            let name = try parseString()
            guard take(UInt8(ascii: ":")) else { return try fail("expected a colon") }
            members.append(JSON.Member(name, try parseValue()))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { return try fail("expected }") }
        return .object(members)
    }

    private mutating func parseArray() throws -> JSON {
        position += 1
        var elements: [JSON] = []
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat { elements.append(try parseValue()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { return try fail("expected ]") }
        return .array(elements)
    }

    private mutating func parseNumber() throws -> JSON {
        let digits = bytes[position...].prefix { "+-.eE0123456789".utf8.contains($0) }
        let text = String(decoding: digits, as: UTF8.self)
        position += digits.count
        if let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text) else { return try fail("no number") }
        return .number(number)
    }

    private mutating func parseString() throws -> String {
        guard take(UInt8(ascii: "\"")) else { return try fail("expected a string") }
        var units: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: units, as: UTF8.self) else {
                    return try fail("a string that is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): units += try parseEscape().utf8
            default: units.append(byte)
            }
        }
        return try fail("a string without an end")
    }

    private mutating func parseEscape() throws -> String {
        guard position < bytes.count else { return try fail("the text ends") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"): return try parseUnicode()
        default: return String(UnicodeScalar(byte))
        }
    }

    private mutating func parseUnicode() throws -> String {
        var units = [try hexUnit()]
        if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: [0x5C, 0x75]) {
            position += 2
            units.append(try hexUnit())
        }
        return String(decoding: units, as: UTF16.self)
    }

    private mutating func hexUnit() throws -> UInt16 {
        guard position + 4 <= bytes.count,
            let unit = UInt16(
                String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { return try fail("four hexadecimal digits expected") }
        position += 4
        return unit
    }
}
