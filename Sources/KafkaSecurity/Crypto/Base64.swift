internal import CCrypto

/// RFC 4648's base64 with padding, as SCRAM's messages carry it.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        let length = (bytes.count + 2) / 3 * 4
        let text = [UInt8](unsafeUninitializedCapacity: length + 1) { room, filled in
            filled = Int(EVP_EncodeBlock(room.baseAddress, bytes, Int32(bytes.count)))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// With the alphabet for URLs and without padding, as RFC 7515 has it.
    static func encodeForURL(_ bytes: [UInt8]) -> String {
        var text = encode(bytes).replacing("+", with: "-").replacing("/", with: "_")
        while text.hasSuffix("=") { text.removeLast() }
        return text
    }

    /// - Returns: nil for what is no base64 in groups of four.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 4 == 0 else { return nil }
        let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        // The library takes white space, which has no place here.
        guard padding <= 2, digits.dropLast(padding).allSatisfy(isDigit) else { return nil }
        guard !digits.isEmpty else { return [] }
        var isValid = false
        let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 4 * 3) { room, filled in
            let count = Int(EVP_DecodeBlock(room.baseAddress, digits, Int32(digits.count)))
            isValid = count >= padding
            filled = max(0, count - padding)
        }
        return isValid ? bytes : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
