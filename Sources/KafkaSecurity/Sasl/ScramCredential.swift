/// What a server keeps of a password: enough to check a proof of it, not enough to give one
/// (RFC 5802, section 3; Kafka's `ScramCredential`).
public struct ScramCredential: Sendable, Equatable {
    public let salt: [UInt8]
    public let storedKey: [UInt8]
    public let serverKey: [UInt8]
    public let iterations: Int

    public init(salt: [UInt8], storedKey: [UInt8], serverKey: [UInt8], iterations: Int) {
        self.salt = salt
        self.storedKey = storedKey
        self.serverKey = serverKey
        self.iterations = iterations
    }

    /// Of a password, with a salt of its own. Takes as long as `iterations` say.
    public init(_ hash: HashFunction, password: Secret, iterations: Int = 4096) {
        self.init(
            hash, password: password, iterations: iterations, salt: Libcrypto.randomBytes(16))
    }

    init(_ hash: HashFunction, password: Secret, iterations: Int, salt: [UInt8]) {
        self.init(
            hash, SaltedPassword(hash, password: password, iterations: iterations, salt: salt))
    }

    /// Of a password that somebody else has salted.
    public init(_ hash: HashFunction, _ password: SaltedPassword) {
        let functions = ScramFunctions(hash: hash)
        self.init(
            salt: password.salt, storedKey: hash.hash(functions.clientKey(password.bytes)),
            serverKey: functions.serverKey(password.bytes), iterations: password.iterations)
    }

    /// Of nobody, so that an unknown name is asked for its proof like a known one. The same name
    /// has the same salt for as long as the process lives.
    static func ofNobody(_ name: String, _ hash: HashFunction) -> ScramCredential {
        ScramCredential(
            salt: Array(hash.hmac(key: processKey, Array(name.utf8)).prefix(16)),
            storedKey: Libcrypto.randomBytes(hash.sizeBytes),
            serverKey: Libcrypto.randomBytes(hash.sizeBytes), iterations: 4096)
    }

    private static let processKey = Libcrypto.randomBytes(32)
}

extension ScramCredential {
    /// As a text, in the form in which Kafka's tools write and take it (`ScramCredentialUtils`).
    public var text: String {
        "salt=\(Base64.encode(salt)),stored_key=\(Base64.encode(storedKey)),"
            + "server_key=\(Base64.encode(serverKey)),iterations=\(iterations)"
    }

    /// - Returns: nil for what is no such text.
    public init?(text: some StringProtocol) {
        var values: [Substring: Substring] = [:]
        for part in String(text).split(separator: ",", omittingEmptySubsequences: false) {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            values[part[..<equals]] = part[part.index(after: equals)...]
        }
        let bytes = { (name: Substring) in values[name].flatMap { Base64.decode($0) } }
        guard values.count == 4, let salt = bytes("salt"), let storedKey = bytes("stored_key"),
            let serverKey = bytes("server_key"),
            let iterations = values["iterations"].flatMap({ Int($0) })
        else { return nil }
        self.init(
            salt: salt, storedKey: storedKey, serverKey: serverKey, iterations: iterations)
    }
}
