/// Which bytes of a text cannot stand as they are, and what stands for them.
protocol TextEscapes {
    /// All bits of the bytes that need an escape.
    static func marks(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>>
    /// The same for one byte.
    static func isMarked(_ byte: UInt8) -> Bool
    /// Writes `TextEscape.byteCountMax` bytes at most.
    static func put(_ byte: UInt8, to line: inout TextCursor)
}

/// What all escapes have in common.
enum TextEscape {
    /// Of what stands for one byte: `\u0000`.
    static let byteCountMax = 6
    /// Bytes that are looked at, and copied, at once.
    fileprivate static let blockBytes = 16
}

extension OutputBuffer {
    /// Appends text with its escapes. Sixteen bytes at a time are copied and then looked at, since
    /// most have nothing to escape.
    @inline(__always)
    func append(_ bytes: UnsafeRawBufferPointer, escapes: (some TextEscapes).Type) {
        guard var start = bytes.baseAddress else { return }
        var left = bytes.count
        let most = (capacityBytes - TextEscape.blockBytes) / TextEscape.byteCountMax
        while left > 0 {
            let count = min(left, most)
            write(atMost: count * TextEscape.byteCountMax + TextEscape.blockBytes) { line in
                line.put(UnsafeRawBufferPointer(start: start, count: count), escapes: escapes)
            }
            start += count
            left -= count
        }
    }
}

extension TextCursor {
    fileprivate mutating func put<Escapes: TextEscapes>(
        _ bytes: UnsafeRawBufferPointer, escapes: Escapes.Type
    ) {
        guard let base = bytes.baseAddress else { return }
        var index = 0
        while index + TextEscape.blockBytes <= bytes.count {
            let block = base.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
            let plain = TextCursor.firstMark(Escapes.marks(block))
            put(block, count: plain)
            index += plain
            guard plain < TextEscape.blockBytes else { continue }
            Escapes.put(base.load(fromByteOffset: index, as: UInt8.self), to: &self)
            index += 1
        }
        while index < bytes.count {
            let byte = base.load(fromByteOffset: index, as: UInt8.self)
            if Escapes.isMarked(byte) { Escapes.put(byte, to: &self) } else { put(byte) }
            index += 1
        }
    }

    /// Bytes in front of the first marked one; 16 when there is none.
    @inline(__always)
    private static func firstMark(_ marks: SIMDMask<SIMD16<Int8>>) -> Int {
        let halves = unsafeBitCast(marks, to: SIMD2<UInt64>.self)
        if halves.x | halves.y == 0 { return TextEscape.blockBytes }
        #if _endian(little)
            return halves.x != 0
                ? halves.x.trailingZeroBitCount / 8 : 8 + halves.y.trailingZeroBitCount / 8
        #else
            return halves.x != 0
                ? halves.x.leadingZeroBitCount / 8 : 8 + halves.y.leadingZeroBitCount / 8
        #endif
    }
}

/// Of JSON strings (RFC 8259).
enum JSONEscapes: TextEscapes {
    @inline(__always)
    static func marks(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        (bytes .< SIMD16(repeating: 0x20)) .| (bytes .== SIMD16(repeating: UInt8(ascii: "\"")))
            .| (bytes .== SIMD16(repeating: UInt8(ascii: "\\")))
    }

    @inline(__always)
    static func isMarked(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    static func put(_ byte: UInt8, to line: inout TextCursor) {
        switch byte {
        case UInt8(ascii: "\""): line.put("\\\"")
        case UInt8(ascii: "\\"): line.put("\\\\")
        case 0x08: line.put("\\b")
        case 0x09: line.put("\\t")
        case 0x0A: line.put("\\n")
        case 0x0C: line.put("\\f")
        case 0x0D: line.put("\\r")
        default:
            line.put("\\u00")
            line.put(HexText.digit(byte >> 4))
            line.put(HexText.digit(byte & 15))
        }
    }
}

/// Of one line of text without tabs: `\t \n \r \\`, and `\xHH` for other control characters.
enum LineEscapes: TextEscapes {
    @inline(__always)
    static func marks(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        (bytes .< SIMD16(repeating: 0x20)) .| (bytes .== SIMD16(repeating: 0x7F))
            .| (bytes .== SIMD16(repeating: UInt8(ascii: "\\")))
    }

    @inline(__always)
    static func isMarked(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\")
    }

    static func put(_ byte: UInt8, to line: inout TextCursor) {
        switch byte {
        case 0x09: line.put("\\t")
        case 0x0A: line.put("\\n")
        case 0x0D: line.put("\\r")
        case UInt8(ascii: "\\"): line.put("\\\\")
        default:
            line.put("\\x")
            line.put(HexText.digit(byte >> 4))
            line.put(HexText.digit(byte & 15))
        }
    }
}

/// The same for bytes that are no text: `\xHH` for all that is not ASCII, too.
enum BinaryLineEscapes: TextEscapes {
    @inline(__always)
    static func marks(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        LineEscapes.marks(bytes) .| (bytes .>= SIMD16(repeating: 0x80))
    }

    @inline(__always)
    static func isMarked(_ byte: UInt8) -> Bool { LineEscapes.isMarked(byte) || byte >= 0x80 }

    static func put(_ byte: UInt8, to line: inout TextCursor) { LineEscapes.put(byte, to: &line) }
}
