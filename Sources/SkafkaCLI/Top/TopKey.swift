/// A key that was pressed, as a terminal tells it.
enum TopKey: Equatable, Sendable {
    case character(Character)
    case up, down, left, right
    case pageUp, pageDown, home, end
    case enter, escape, backspace, tab

    /// Reads what came in one piece. What is no key known here is left out.
    static func decode(_ bytes: some Sequence<UInt8>) -> [TopKey] {
        var keys: [TopKey] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x1B: keys += escapeSequence(&rest).map { [$0] } ?? []
            case 0x0A, 0x0D: keys.append(.enter)
            case 0x09: keys.append(.tab)
            case 0x08, 0x7F: keys.append(.backspace)
            case 0x20..<0x7F: keys.append(.character(Character(UnicodeScalar(byte))))
            // A letter of several bytes.
            case 0xC2...:
                var letter = [byte]
                while rest.first.map({ $0 & 0xC0 == 0x80 }) ?? false {
                    letter.append(rest.removeFirst())
                }
                if let character = String(validating: letter, as: UTF8.self)?.first {
                    keys.append(.character(character))
                }
            default: continue
            }
        }
        return keys
    }

    /// Behind the escape character: nothing for the key itself; `[` or `O`, parameters, a letter.
    private static func escapeSequence(_ rest: inout ArraySlice<UInt8>) -> TopKey? {
        guard let first = rest.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "O")
        else { return .escape }
        rest.removeFirst()
        var parameters: [UInt8] = []
        while let byte = rest.popFirst() {
            guard (0x40...0x7E).contains(byte) else {
                parameters.append(byte)
                continue
            }
            switch byte {
            case UInt8(ascii: "A"): return .up
            case UInt8(ascii: "B"): return .down
            case UInt8(ascii: "C"): return .right
            case UInt8(ascii: "D"): return .left
            case UInt8(ascii: "H"): return .home
            case UInt8(ascii: "F"): return .end
            case UInt8(ascii: "~"): return tilde[parameters]
            default: return nil
            }
        }
        return nil
    }

    private static let tilde: [[UInt8]: TopKey] = [
        Array("1".utf8): .home, Array("7".utf8): .home, Array("4".utf8): .end,
        Array("8".utf8): .end, Array("5".utf8): .pageUp, Array("6".utf8): .pageDown,
    ]
}
