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

    /// A number in decimal. Cut into pieces of four and eight digits, whose digits do not wait for
    /// each other.
    mutating func put(decimal value: Int64) {
        if value < 0 { put(UInt8(ascii: "-")) }
        let magnitude = value.magnitude
        guard magnitude >= 100_000_000 else { return putUpToEight(UInt32(magnitude)) }
        let (high, low) = magnitude.quotientAndRemainder(dividingBy: 100_000_000)
        if high < 100_000_000 {
            putUpToEight(UInt32(truncatingIfNeeded: high))
        } else {
            let (top, middle) = high.quotientAndRemainder(dividingBy: 100_000_000)
            putUpToFour(UInt32(truncatingIfNeeded: top))
            putEight(UInt32(truncatingIfNeeded: middle))
        }
        putEight(UInt32(truncatingIfNeeded: low))
    }

    @inline(__always)
    private mutating func putUpToEight(_ value: UInt32) {
        guard value >= 10_000 else { return putUpToFour(value) }
        let (high, low) = value.quotientAndRemainder(dividingBy: 10_000)
        putUpToFour(high)
        putFour(low)
    }

    @inline(__always)
    private mutating func putUpToFour(_ value: UInt32) {
        if value < 10 {
            put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
        } else if value < 100 {
            putTwo(value)
        } else if value < 1000 {
            put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 100))
            putTwo(value % 100)
        } else {
            putFour(value)
        }
    }

    @inline(__always)
    private mutating func putEight(_ value: UInt32) {
        let (high, low) = value.quotientAndRemainder(dividingBy: 10_000)
        putFour(high)
        putFour(low)
    }

    @inline(__always)
    private mutating func putFour(_ value: UInt32) {
        let (high, low) = value.quotientAndRemainder(dividingBy: 100)
        putTwo(high)
        putTwo(low)
    }

    /// - Parameter value: below 100.
    @inline(__always)
    private mutating func putTwo(_ value: UInt32) {
        address.copyMemory(from: TextCursor.pairs.utf8Start + Int(value) * 2, byteCount: 2)
        address += 2
    }

    /// Digits of a number in decimal.
    private static func digitCount(_ value: UInt64) -> Int {
        var count = 1
        var rest = value
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }

    private static var pairs: StaticString {
        """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444\
        5464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990\
        919293949596979899
        """
    }
}
