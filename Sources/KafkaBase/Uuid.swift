/// A 128-bit identifier of a topic, a directory or a cluster (Kafka's `Uuid`), shown as 22
/// characters of base64url as Kafka shows it.
public struct Uuid: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Stands for "no id" on the wire.
    public static let zero = Uuid(high: 0, low: 0)

    /// A new version 4 identifier whose text does not start with a dash, so that it can stand on a
    /// command line.
    public static func random() -> Uuid {
        while true {
            let high = UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000
            let low = UInt64.random(in: .min ... .max) & ~(3 << 62) | (2 << 62)
            let uuid = Uuid(high: high, low: low)
            if uuid.description.first != "-" { return uuid }
        }
    }
}

extension Uuid {
    /// 32 digits.
    public var hexadecimal: String { Uuid.hex(high) + Uuid.hex(low) }

    /// The 36 characters of RFC 9562, as members' ids have them.
    public var hyphenated: String {
        let digits = Array(hexadecimal.utf8)
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { digits[$0] }
        return String(decoding: Array(groups.joined(separator: [UInt8(ascii: "-")])), as: UTF8.self)
    }

    /// 16 digits.
    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Uuid: CustomStringConvertible, LosslessStringConvertible {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// 22 characters of base64url without padding.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(22)
        // 128 bits are 21 digits of 6 bits and one that holds the last 2 bits, padded right.
        for digit in 0..<22 {
            let shift = 122 - digit * 6
            text.append(Uuid.alphabet[Int(bits(at: shift))])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the base64url text that `description` gives, with or without `==` behind it.
    public init?(_ description: String) {
        var digits = Array(description.utf8)
        if digits.count == 24, digits[22...] == [0x3D, 0x3D] { digits.removeLast(2) }
        guard digits.count == 22 else { return nil }
        var value = Uuid.zero
        for (index, character) in digits.enumerated() {
            guard let digit = Uuid.alphabet.firstIndex(of: character) else { return nil }
            value.set(UInt64(digit), at: 122 - index * 6)
        }
        self = value
    }

    /// Six bits whose lowest stands at `shift` of the 128; below 0 the number ends, zeros follow.
    private func bits(at shift: Int) -> UInt64 {
        if shift < 0 { return (low << UInt64(-shift)) & 0x3F }
        if shift >= 64 { return (high >> UInt64(shift - 64)) & 0x3F }
        return ((low >> UInt64(shift)) | (shift == 0 ? 0 : high << UInt64(64 - shift))) & 0x3F
    }

    private mutating func set(_ digit: UInt64, at shift: Int) {
        if shift < 0 {
            low |= digit >> UInt64(-shift)
        } else if shift >= 64 {
            high |= digit << UInt64(shift - 64)
        } else {
            low |= digit << UInt64(shift)
            if shift > 58 { high |= digit >> UInt64(64 - shift) }
        }
    }
}
