/// Text of the command line with escapes: `\n \t \r \0 \\ \e \xHH`.
enum EscapedText {
    /// The bytes it stands for.
    ///
    /// - Parameter option: named in the message.
    /// - Throws: `CommandFailure` of status `usage`.
    static func bytes(of text: String, option: String) throws(CommandFailure) -> [UInt8] {
        let source = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            let byte = source[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard let (escaped, length) = escape(source[index...]) else {
                throw .usage(
                    "unknown escape in \(option) '\(text)'; write \\n \\t \\r \\0 \\\\ or \\xHH")
            }
            result.append(escaped)
            index += length
        }
        return result
    }

    /// What follows a backslash: the byte and how much of the source it took.
    private static func escape(_ rest: ArraySlice<UInt8>) -> (byte: UInt8, length: Int)? {
        switch rest.first {
        case UInt8(ascii: "n"): return (0x0A, 1)
        case UInt8(ascii: "t"): return (0x09, 1)
        case UInt8(ascii: "r"): return (0x0D, 1)
        case UInt8(ascii: "e"): return (0x1B, 1)
        case UInt8(ascii: "0"): return (0x00, 1)
        case UInt8(ascii: "\\"): return (0x5C, 1)
        case UInt8(ascii: "x"):
            let digits = rest.dropFirst().prefix(2).compactMap(HexText.value)
            return digits.count == 2 ? (digits[0] << 4 | digits[1], 3) : nil
        default: return nil
        }
    }
}
