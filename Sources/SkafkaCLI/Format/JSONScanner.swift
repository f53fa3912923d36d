/// Steps over JSON (RFC 8259) where it lies, strictly, without building anything.
///
/// A trivial value over bytes that somebody else owns. Nesting is bounded.
struct JSONScanner {
    /// What is wrong and at which byte (from 0).
    struct Failure: Error, Equatable, Sendable {
        var position: Int
        var reason: String
    }

    /// A string where it lies.
    struct Text {
        /// Between the quotes.
        var bytes: UnsafeRawBufferPointer
        var hasEscapes: Bool
    }

    static let maxDepth = 512

    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Whether the bytes are one JSON value with nothing but blanks around it.
    static func isOneValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var scanner = JSONScanner(bytes)
        do {
            try scanner.skipValue()
            scanner.skipBlanks()
            return scanner.position == bytes.count && UTF8Check.isValid(bytes)
        } catch {
            return false
        }
    }

    /// The byte that comes next, blanks skipped; nil at the end.
    @inline(__always)
    mutating func peek() -> UInt8? {
        skipBlanks()
        return position < bytes.count ? bytes[position] : nil
    }

    @inline(__always)
    mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Takes a sign if it comes next.
    @inline(__always)
    mutating func take(_ sign: UInt8) -> Bool {
        guard peek() == sign else { return false }
        position += 1
        return true
    }

    mutating func expect(_ sign: UInt8) throws(Failure) {
        guard take(sign) else {
            throw failure("'\(Character(Unicode.Scalar(sign)))' expected")
        }
    }

    /// A string; escapes are checked when they are resolved, and here for their form.
    mutating func string() throws(Failure) -> Text {
        try expect(UInt8(ascii: "\""))
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let range = start..<position
                position += 1
                return Text(
                    bytes: UnsafeRawBufferPointer(rebasing: bytes[range]), hasEscapes: hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try skipEscape()
            } else if byte < 0x20 {
                throw failure("a control character stands in a string")
            } else {
                position += 1
            }
        }
        throw failure("a string without end")
    }

    private mutating func skipEscape() throws(Failure) {
        position += 1
        guard position < bytes.count else { throw failure("a string without end") }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            guard position + 5 <= bytes.count,
                bytes[position + 1..<position + 5].allSatisfy({ HexText.value($0) != nil })
            else { throw failure("a malformed \\u escape") }
            position += 5
        default: throw failure("an unknown escape")
        }
    }

    /// A number without fraction and exponent.
    mutating func integer() throws(Failure) -> Int64 {
        skipBlanks()
        let start = position
        try skipNumber()
        let text = bytes[start..<position]
        var value: Int64 = 0
        let isNegative = text.first == UInt8(ascii: "-")
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            guard let digit = HexText.value(byte), digit < 10 else {
                throw Failure(position: start, reason: "an integer is expected")
            }
            let (shifted, overflows) = value.multipliedReportingOverflow(by: 10)
            let (next, overflowsToo) =
                isNegative
                ? shifted.subtractingReportingOverflow(Int64(digit))
                : shifted.addingReportingOverflow(Int64(digit))
            if overflows || overflowsToo {
                throw Failure(position: start, reason: "a number out of range")
            }
            value = next
        }
        return value
    }

    /// `null` if it comes next.
    mutating func takeNull() -> Bool {
        guard peek() == UInt8(ascii: "n"), (try? skipWord("null")) != nil else { return false }
        return true
    }

    /// Any value.
    mutating func skipValue(depth: Int = 0) throws(Failure) {
        guard depth < JSONScanner.maxDepth else { throw failure("nested too deeply") }
        switch peek() {
        case UInt8(ascii: "{"): try skipObject(depth: depth)
        case UInt8(ascii: "["): try skipArray(depth: depth)
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try skipWord("true")
        case UInt8(ascii: "f"): try skipWord("false")
        case UInt8(ascii: "n"): try skipWord("null")
        case nil: throw failure("the text ends too early")
        default: try skipNumber()
        }
    }

    private mutating func skipObject(depth: Int) throws(Failure) {
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            _ = try string()
            try expect(UInt8(ascii: ":"))
            try skipValue(depth: depth + 1)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func skipArray(depth: Int) throws(Failure) {
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { try skipValue(depth: depth + 1) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    private mutating func skipWord(_ word: StaticString) throws(Failure) {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count,
            bytes[position..<position + length]
                .elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: length))
        else { throw failure("a value is expected") }
        position += length
    }

    private mutating func skipNumber() throws(Failure) {
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        let leading = position
        let digits = skipDigits()
        guard digits > 0 else { throw failure("a value is expected") }
        guard digits == 1 || bytes[leading] != UInt8(ascii: "0") else {
            throw failure("a number begins with 0")
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() > 0 else { throw failure("a digit is expected") }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count,
                bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
            {
                position += 1
            }
            guard skipDigits() > 0 else { throw failure("a digit is expected") }
        }
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
        {
            position += 1
        }
        return position - start
    }

    func failure(_ reason: String) -> Failure {
        Failure(position: position, reason: reason)
    }
}

extension JSONScanner.Text {
    /// Appends the string with its escapes resolved.
    ///
    /// - Returns: false when half a surrogate pair stands alone.
    func append(to result: inout [UInt8]) -> Bool {
        guard hasEscapes else {
            result.append(contentsOf: bytes)
            return true
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            let escaped = bytes[index]
            index += 1
            switch escaped {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(&index) else { return false }
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            default: result.append(escaped)
            }
        }
        return true
    }

    /// The scalar of a `\u` escape whose digits begin at `index`, or of a pair of them.
    private func scalar(_ index: inout Int) -> Unicode.Scalar? {
        let first = unit(at: index)
        index += 4
        guard 0xD800...0xDBFF ~= first else { return Unicode.Scalar(first) }
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        let second = unit(at: index + 2)
        guard 0xDC00...0xDFFF ~= second else { return nil }
        index += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private func unit(at index: Int) -> UInt32 {
        bytes[index..<index + 4].reduce(0) { $0 << 4 | UInt32(HexText.value($1) ?? 0) }
    }
}
