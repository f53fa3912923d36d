/// How a format shows a number: in decimal, or as bytes of a fixed width.
struct NumberForm: Equatable, Sendable {
    /// 0 is decimal; else 1, 2, 4 or 8 bytes.
    var width: Int
    var isLittleEndian = false

    static let decimal = NumberForm(width: 0)

    /// - Parameter name: `ascii`, or `big` or `little` and 8, 16, 32 or 64.
    init?(_ name: String) {
        switch name {
        case "ascii": self = .decimal
        case "big8", "little8": self.init(width: 1)
        case "big16": self.init(width: 2)
        case "big32": self.init(width: 4)
        case "big64": self.init(width: 8)
        case "little16": self.init(width: 2, isLittleEndian: true)
        case "little32": self.init(width: 4, isLittleEndian: true)
        case "little64": self.init(width: 8, isLittleEndian: true)
        default: return nil
        }
    }

    init(width: Int, isLittleEndian: Bool = false) {
        self.width = width
        self.isLittleEndian = isLittleEndian
    }
}

extension NumberForm {
    /// The signed number that `width` bytes are.
    func value(of bytes: UnsafeRawBufferPointer) -> Int64 {
        var value: UInt64 = 0
        for position in 0..<width {
            value = value << 8 | UInt64(bytes[isLittleEndian ? width - 1 - position : position])
        }
        let shift = 64 - 8 * width
        return Int64(bitPattern: value << UInt64(shift)) >> Int64(shift)
    }
}

extension OutputBuffer {
    /// Appends a number; what does not fit the width loses its high bits.
    @inline(__always)
    func append(_ value: Int64, as form: NumberForm) {
        guard form.width > 0 else { return append(decimal: value) }
        for position in 0..<form.width {
            let shift = form.isLittleEndian ? position : form.width - 1 - position
            append(UInt8(truncatingIfNeeded: value >> (8 * Int64(shift))))
        }
    }
}
