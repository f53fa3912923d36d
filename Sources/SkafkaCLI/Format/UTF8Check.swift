/// Tells text from other bytes, without a string in between.
enum UTF8Check {
    /// Whether the bytes are UTF-8 (RFC 3629).
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        var index = 0
        while index < bytes.count {
            index += asciiPrefix(base + index, bytes.count - index)
            guard index < bytes.count else { return true }
            let length = sequenceLength(bytes, at: index)
            guard length > 0 else { return false }
            index += length
        }
        return true
    }

    /// Bytes of the character at an index; 0 when none is there.
    static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
        let first = bytes[index]
        guard first >= 0x80 else { return 1 }
        let left = bytes.count - index
        switch first {
        case 0xC2...0xDF:
            return left > 1 && isContinuation(bytes[index + 1]) ? 2 : 0
        case 0xE0...0xEF:
            guard left > 2, isSecond(bytes[index + 1], after: first),
                isContinuation(bytes[index + 2])
            else { return 0 }
            return 3
        case 0xF0...0xF4:
            guard left > 3, isSecond(bytes[index + 1], after: first),
                isContinuation(bytes[index + 2]), isContinuation(bytes[index + 3])
            else { return 0 }
            return 4
        default: return 0
        }
    }

    @inline(__always)
    static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// No overlong forms, no surrogates, nothing above U+10FFFF.
    private static func isSecond(_ byte: UInt8, after first: UInt8) -> Bool {
        switch first {
        case 0xE0: (0xA0...0xBF).contains(byte)
        case 0xED: (0x80...0x9F).contains(byte)
        case 0xF0: (0x90...0xBF).contains(byte)
        case 0xF4: (0x80...0x8F).contains(byte)
        default: isContinuation(byte)
        }
    }

    private static func asciiPrefix(_ base: UnsafeRawPointer, _ count: Int) -> Int {
        var index = 0
        while index + 32 <= count {
            let low = base.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self)
            let high = base.loadUnaligned(fromByteOffset: index + 16, as: SIMD2<UInt64>.self)
            let both = low | high
            guard (both.x | both.y) & 0x8080_8080_8080_8080 == 0 else { break }
            index += 32
        }
        while index + 8 <= count,
            base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            index += 8
        }
        while index < count, base.load(fromByteOffset: index, as: UInt8.self) < 0x80 { index += 1 }
        return index
    }
}
