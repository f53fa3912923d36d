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
        let functions = ScramFunctions(hash: hash)
        let salted = functions.saltedPassword(password, salt: salt, iterations: iterations)
        self.init(
            salt: salt, storedKey: hash.hash(functions.clientKey(salted)),
            serverKey: functions.serverKey(salted), iterations: iterations)
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
