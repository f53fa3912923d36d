/// Zig-zag variable-length integers, as records hold them (Kafka's `ByteUtils`).
///
/// The functions work on raw memory, since they run once or more per field of every record. They
/// read at most up to `end` and say so with nil; writers need room for `maxByteCount`.
public enum Varint {
    /// Bytes that the longest 32-bit value takes.
    public static let maxByteCount32 = 5
    /// Bytes that the longest 64-bit value takes.
    public static let maxByteCount64 = 10

    /// Reads a zig-zag integer at `cursor` and moves it behind; nil when the bytes end first or
    /// the number is longer than 64 bits.
    @inlinable
    @inline(__always)
    public static func read(
        _ cursor: inout UnsafeRawPointer, end: UnsafeRawPointer
    ) -> Int64? {
        // Most lengths and deltas are below 64: one byte. Those of records are below 8192: two.
        guard cursor < end else { return nil }
        let first = cursor.load(as: UInt8.self)
        if first < 0x80 {
            cursor += 1
            return decode(UInt64(first))
        }
        guard end - cursor > 1 else { return nil }
        let second = cursor.load(fromByteOffset: 1, as: UInt8.self)
        if second < 0x80 {
            cursor += 2
            return decode(UInt64(first & 0x7F) | UInt64(second) << 7)
        }
        return readLong(&cursor, end: end)
    }

    @inlinable
    static func readLong(_ cursor: inout UnsafeRawPointer, end: UnsafeRawPointer) -> Int64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var position = cursor
        while position < end {
            let byte = position.load(as: UInt8.self)
            position += 1
            guard shift < 63 || byte < 2 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                cursor = position
                return decode(value)
            }
            shift += 7
            guard shift <= 63 else { return nil }
        }
        return nil
    }

    /// Writes a zig-zag integer at `cursor` and moves it behind. The caller has made sure of the
    /// room.
    @inlinable
    @inline(__always)
    public static func write(_ value: Int64, to cursor: inout UnsafeMutableRawPointer) {
        var rest = encode(value)
        while rest >= 0x80 {
            cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            cursor += 1
            rest >>= 7
        }
        cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        cursor += 1
    }

    /// Number of bytes that `write` takes for a value.
    @inlinable
    @inline(__always)
    public static func byteCount(_ value: Int64) -> Int {
        let bits = 64 - (encode(value) | 1).leadingZeroBitCount
        return (bits + 6) / 7
    }

    @inlinable
    @inline(__always)
    static func encode(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    @inlinable
    @inline(__always)
    static func decode(_ value: UInt64) -> Int64 {
        Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
    }
}
