/// Writes text into memory that is known to have the room for it: no check for each piece, no
/// string in between. `OutputBuffer.write(atMost:_:)` hands it out, for the length of a call.
struct TextCursor {
    /// Where the next byte goes.
    private(set) var address: UnsafeMutableRawPointer

    /// Characters of the longest number.
    static let decimalMax = 20

    @inline(__always)
    init(_ address: UnsafeMutableRawPointer) {
        self.address = address
    }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        address.storeBytes(of: byte, as: UInt8.self)
        address += 1
    }

    @inline(__always)
    mutating func put(_ text: StaticString) {
        address.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        address += text.utf8CodeUnitCount
    }

    /// Text that the caller knows to be short.
    mutating func put(text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return }
            address.copyMemory(from: start, byteCount: bytes.count)
            address += bytes.count
        }
    }

    /// Stores 16 bytes, of which the first `count` are text.
    @inline(__always)
    mutating func put(_ bytes: SIMD16<UInt8>, count: Int) {
        address.storeBytes(of: bytes, as: SIMD16<UInt8>.self)
        address += count
    }

    @inline(__always)
    mutating func put(_ value: Bool) {
        if value { put("true") } else { put("false") }
    }

    mutating func put(blanks count: Int) {
        for _ in 0..<max(count, 0) { put(UInt8(ascii: " ")) }
    }

    /// Blanks behind what was written since `start`, up to a column's width.
    mutating func pad(from start: UnsafeMutableRawPointer, to width: Int) {
        put(blanks: width - (address - start))
    }

    /// A number to the right of a column.
    mutating func put(decimal value: Int64, width: Int) {
        let digits = TextCursor.digitCount(value.magnitude)
        put(blanks: width - digits - (value < 0 ? 1 : 0))
        put(decimal: value)
    }

    /// A number in decimal, two digits at a time.
    mutating func put(decimal value: Int64) {
        if value < 0 { put(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let pairs = TextCursor.pairs.utf8Start
        var index = TextCursor.digitCount(rest)
        let start = address
        address += index
        while rest >= 100 {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            index -= 2
            (start + index).copyMemory(from: pairs + Int(pair) * 2, byteCount: 2)
            rest = quotient
        }
        if rest >= 10 {
            start.copyMemory(from: pairs + Int(rest) * 2, byteCount: 2)
        } else {
            start.storeBytes(of: UInt8(ascii: "0") + UInt8(rest), as: UInt8.self)
        }
    }

    /// Digits of a number in decimal.
    @inline(__always)
    static func digitCount(_ value: UInt64) -> Int {
        var count = 1
        var rest = value
        while rest >= 10_000 {
            rest /= 10_000
            count += 4
        }
        return count + (rest >= 10 ? 1 : 0) + (rest >= 100 ? 1 : 0) + (rest >= 1000 ? 1 : 0)
    }

    private static var pairs: StaticString {
        """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444\
        5464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990\
        919293949596979899
        """
    }
}
