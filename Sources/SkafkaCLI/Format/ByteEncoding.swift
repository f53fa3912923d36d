internal import ArgumentParser

/// How bytes are shown as text.
enum ByteEncoding: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// As they are.
    case utf8
    case hex
    case base64
    /// A JSON string (in JSON Lines: nested JSON); null shows as `null`.
    case json
}

extension OutputBuffer {
    /// Appends bytes in an encoding; null as nothing, or as `null` in JSON.
    @inline(__always)
    func append(_ bytes: UnsafeRawBufferPointer?, as encoding: ByteEncoding) {
        guard let bytes else {
            if encoding == .json { append("null" as StaticString) }
            return
        }
        switch encoding {
        case .utf8: append(bytes)
        case .hex: appendHex(bytes)
        case .base64: appendBase64(bytes)
        case .json:
            if UTF8Check.isValid(bytes) {
                JSONText.append(utf8: bytes, to: self)
            } else {
                append(UInt8(ascii: "\""))
                appendBase64(bytes)
                append(UInt8(ascii: "\""))
            }
        }
    }

    func appendHex(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            append(HexText.digit(byte >> 4))
            append(HexText.digit(byte & 15))
        }
    }

    /// RFC 4648, with padding.
    func appendBase64(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index + 2 < bytes.count {
            let group =
                UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8
                | UInt32(bytes[index + 2])
            append(Base64.character(group >> 18))
            append(Base64.character(group >> 12))
            append(Base64.character(group >> 6))
            append(Base64.character(group))
            index += 3
        }
        let left = bytes.count - index
        guard left > 0 else { return }
        let group = UInt32(bytes[index]) << 16 | (left == 2 ? UInt32(bytes[index + 1]) << 8 : 0)
        append(Base64.character(group >> 18))
        append(Base64.character(group >> 12))
        append(left == 2 ? Base64.character(group >> 6) : UInt8(ascii: "="))
        append(UInt8(ascii: "="))
    }
}

/// Base64 of RFC 4648.
enum Base64 {
    /// The character of the lowest six bits.
    @inline(__always)
    static func character(_ bits: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 63)
        switch value {
        case 0..<26: return UInt8(ascii: "A") + value
        case 26..<52: return UInt8(ascii: "a") + value - 26
        case 52..<62: return UInt8(ascii: "0") + value - 52
        case 62: return UInt8(ascii: "+")
        default: return UInt8(ascii: "/")
        }
    }

    private static func value(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// Appends what the text stands for; padding is required.
    ///
    /// - Returns: false when it is not Base64.
    static func decode(_ text: UnsafeRawBufferPointer, into result: inout [UInt8]) -> Bool {
        guard text.count % 4 == 0 else { return false }
        var index = 0
        while index < text.count {
            let isLast = index + 4 == text.count
            let padding =
                isLast && text[index + 3] == UInt8(ascii: "=")
                ? (text[index + 2] == UInt8(ascii: "=") ? 2 : 1) : 0
            var group: UInt32 = 0
            for position in 0..<4 {
                let isPadding = position >= 4 - padding
                guard let bits = isPadding ? 0 : value(text[index + position]) else { return false }
                group = group << 6 | bits
            }
            result.append(UInt8(truncatingIfNeeded: group >> 16))
            if padding < 2 { result.append(UInt8(truncatingIfNeeded: group >> 8)) }
            if padding < 1 { result.append(UInt8(truncatingIfNeeded: group)) }
            index += 4
        }
        return true
    }
}
