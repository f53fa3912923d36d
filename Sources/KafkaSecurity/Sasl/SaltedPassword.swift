/// What becomes of a password before it leaves the client that sets it (KIP-554): nobody who sees
/// it learns the password, which may be good elsewhere too.
public struct SaltedPassword: Sendable, Equatable {
    public let salt: [UInt8]
    public let bytes: [UInt8]
    public let iterations: Int

    public init(salt: [UInt8], bytes: [UInt8], iterations: Int) {
        self.salt = salt
        self.bytes = bytes
        self.iterations = iterations
    }

    /// With a salt of its own. Takes as long as `iterations` say: not for an event loop.
    public init(_ hash: HashFunction, password: Secret, iterations: Int) {
        self.init(
            hash, password: password, iterations: iterations, salt: Libcrypto.randomBytes(16))
    }

    init(_ hash: HashFunction, password: Secret, iterations: Int, salt: [UInt8]) {
        self.init(
            salt: salt,
            bytes: ScramFunctions(hash: hash).saltedPassword(
                password, salt: salt, iterations: iterations),
            iterations: iterations)
    }
}
