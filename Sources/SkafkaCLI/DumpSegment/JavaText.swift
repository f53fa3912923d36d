/// Writes bytes as Java makes text of them: what is not UTF-8 becomes U+FFFD, by the rules of the
/// JDK's `String(bytes, UTF_8)`, which differ from other decoders' in how many bytes one
/// replacement stands for.
enum JavaText {
    private static let replacement: StaticString = "\u{FFFD}"

    static func append(_ bytes: UnsafeRawBufferPointer, to output: OutputBuffer) {
        guard !UTF8Check.isValid(bytes) else { return output.append(bytes) }
        var index = 0
        while index < bytes.count {
            let length = sequenceLength(bytes, at: index)
            if length > 0 {
                output.append(UnsafeRawBufferPointer(rebasing: bytes[index..<index + length]))
                index += length
            } else {
                output.append(replacement)
                index += malformedLength(bytes, at: index)
            }
        }
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// Bytes of the character at an index; 0 when none is there.
    private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
        let length =
            switch bytes[index] {
            case 0..<0x80: 1
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        guard length > 0, index + length <= bytes.count else { return 0 }
        return UTF8Check.isValid(
            UnsafeRawBufferPointer(rebasing: bytes[index..<index + length])) ? length : 0
    }

    /// Bytes that one replacement stands for.
    static func malformedLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
        let left = bytes.count - index
        switch bytes[index] {
        case 0xC2...0xDF: return 1
        case 0xE0...0xEF:
            guard left > 1, hasSecondOfThree(bytes, index) else { return 1 }
            guard left > 2 else { return left }
            // A surrogate is one character to the decoder, and no valid one.
            return isContinuation(bytes[index + 2]) ? 3 : 2
        case 0xF0...0xF4:
            guard left > 1, hasSecondOfFour(bytes, index) else { return 1 }
            guard left > 3 else {
                if left > 2, !isContinuation(bytes[index + 2]) { return 2 }
                return left
            }
            return isContinuation(bytes[index + 2]) ? 3 : 2
        default: return 1
        }
    }

    private static func hasSecondOfThree(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        let second = bytes[index + 1]
        if bytes[index] == 0xE0, second & 0xE0 == 0x80 { return false }
        return isContinuation(second)
    }

    private static func hasSecondOfFour(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        let second = bytes[index + 1]
        switch bytes[index] {
        case 0xF0: return (0x90...0xBF).contains(second)
        case 0xF4: return (0x80...0x8F).contains(second)
        default: return isContinuation(second)
        }
    }
}
