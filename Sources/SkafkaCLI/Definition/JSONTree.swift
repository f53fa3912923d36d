/// A JSON text as a tree, for small texts of our own making: the parser's description of the
/// commands. Records are read by `JSONScanner` alone, which builds nothing.
indirect enum JSONTree: Equatable, Sendable {
    case object([String: JSONTree])
    case array([JSONTree])
    case string(String)
    case bool(Bool)
    /// A number or null, which nobody asks for.
    case other

    /// - Returns: `other` where the text is malformed.
    init(_ text: String) {
        var text = text
        self = text.withUTF8 { bytes in
            var scanner = JSONScanner(UnsafeRawBufferPointer(bytes))
            return (try? JSONTree(&scanner, depth: 0)) ?? .other
        }
    }

    private init(_ scanner: inout JSONScanner, depth: Int) throws(JSONScanner.Failure) {
        guard depth < JSONScanner.maxDepth else { throw scanner.failure("nested too deeply") }
        switch scanner.peek() {
        case UInt8(ascii: "{"): self = .object(try JSONTree.members(&scanner, depth + 1))
        case UInt8(ascii: "["): self = .array(try JSONTree.elements(&scanner, depth + 1))
        case UInt8(ascii: "\""): self = .string(try JSONTree.text(&scanner))
        case let byte:
            try scanner.skipValue()
            switch byte {
            case UInt8(ascii: "t"): self = .bool(true)
            case UInt8(ascii: "f"): self = .bool(false)
            default: self = .other
            }
        }
    }

    private static func members(
        _ scanner: inout JSONScanner, _ depth: Int
    ) throws(JSONScanner.Failure) -> [String: JSONTree] {
        var members: [String: JSONTree] = [:]
        try scanner.expect(UInt8(ascii: "{"))
        if scanner.take(UInt8(ascii: "}")) { return members }
        repeat {
            let name = try text(&scanner)
            try scanner.expect(UInt8(ascii: ":"))
            members[name] = try JSONTree(&scanner, depth: depth)
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
        return members
    }

    private static func elements(
        _ scanner: inout JSONScanner, _ depth: Int
    ) throws(JSONScanner.Failure) -> [JSONTree] {
        var elements: [JSONTree] = []
        try scanner.expect(UInt8(ascii: "["))
        if scanner.take(UInt8(ascii: "]")) { return elements }
        repeat {
            elements.append(try JSONTree(&scanner, depth: depth))
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
        return elements
    }

    private static func text(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) -> String {
        var bytes: [UInt8] = []
        guard try scanner.string().append(to: &bytes) else {
            throw scanner.failure("half a surrogate pair")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The member of that name; nil where there is none, or where this is no object.
    subscript(_ name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    var elements: [JSONTree]? { if case .array(let elements) = self { elements } else { nil } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
}
