/// Base64 with padding (RFC 4648, section 4).
enum Base64Text {
    static func append(_ bytes: UnsafeRawBufferPointer, to output: OutputBuffer) {
        var index = 0
        while index + 3 <= bytes.count {
            let group =
                UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            for shift in [18, 12, 6, 0] as [UInt32] { output.append(digit(group >> shift)) }
            index += 3
        }
        let left = bytes.count - index
        guard left > 0 else { return }
        let group = UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        output.append(digit(group >> 18))
        output.append(digit(group >> 12))
        output.append(left > 1 ? digit(group >> 6) : UInt8(ascii: "="))
        output.append(UInt8(ascii: "="))
    }

    @inline(__always)
    private static func digit(_ value: UInt32) -> UInt8 {
        let six = UInt8(truncatingIfNeeded: value & 63)
        switch six {
        case 0..<26: return UInt8(ascii: "A") + six
        case 26..<52: return UInt8(ascii: "a") + six - 26
        case 52..<62: return UInt8(ascii: "0") + six - 52
        case 62: return UInt8(ascii: "+")
        default: return UInt8(ascii: "/")
        }
    }
}
