/// The formulas of RFC 5802, section 3, over one hash function.
///
/// User names and passwords are UTF-8 as they are, without SASLprep: Kafka's broker and clients
/// (`ScramFormatter.normalize`) store and hash them so, and a prepared form would not match theirs.
struct ScramFunctions: Sendable {
    let hash: HashFunction

    func saltedPassword(_ password: Secret, salt: [UInt8], iterations: Int) -> [UInt8] {
        hash.pbkdf2(password: password.utf8, salt: salt, iterations: iterations)
    }

    func clientKey(_ saltedPassword: [UInt8]) -> [UInt8] {
        hash.hmac(key: saltedPassword, Array("Client Key".utf8))
    }

    func serverKey(_ saltedPassword: [UInt8]) -> [UInt8] {
        hash.hmac(key: saltedPassword, Array("Server Key".utf8))
    }

    /// `ClientKey XOR ClientSignature`; the same turns a proof into the key again.
    func proof(clientKey: [UInt8], storedKey: [UInt8], authMessage: String) -> [UInt8] {
        let signature = hash.hmac(key: storedKey, Array(authMessage.utf8))
        return zip(clientKey, signature).map { $0 ^ $1 }
    }

    func serverSignature(serverKey: [UInt8], authMessage: String) -> [UInt8] {
        hash.hmac(key: serverKey, Array(authMessage.utf8))
    }
}

/// The attributes of a SCRAM message: `r=…,s=…,i=…`.
struct ScramAttributes {
    private let parts: [Substring]

    /// - Returns: nil for what is no UTF-8 or longer than any real message.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= 16 << 10, let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        parts = text.split(separator: ",", omittingEmptySubsequences: false)
    }

    init(_ text: some StringProtocol) {
        parts = String(text).split(separator: ",", omittingEmptySubsequences: false)
    }

    /// The value of the attribute at that place, if it has that name: their order is fixed.
    func value(_ name: Character, at index: Int) -> Substring? {
        guard index < parts.count, parts[index].first == name else { return nil }
        let rest = parts[index].dropFirst()
        return rest.first == "=" ? rest.dropFirst() : nil
    }

    func last(_ name: Character) -> Substring? {
        parts.indices.last.flatMap { value(name, at: $0) }
    }

    var withoutLast: String { parts.dropLast().joined(separator: ",") }
}

/// A user's name in SCRAM's messages, where `=` and `,` separate attributes.
struct ScramName {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// - Returns: nil where an `=` does not begin one of the two escapes.
    init?(escaped: Substring) {
        var result = ""
        var rest = escaped
        while let equals = rest.firstIndex(of: "=") {
            result += rest[..<equals]
            let escape = rest[equals...].prefix(3)
            guard escape == "=2C" || escape == "=3D" else { return nil }
            result += escape == "=2C" ? "," : "="
            rest = rest[escape.endIndex...]
        }
        text = result + rest
    }

    var escaped: String { text.replacing("=", with: "=3D").replacing(",", with: "=2C") }
}
