/// The server's side of PLAIN (RFC 4616), with Kafka's rules (its `PlainSaslServer`): a name, a
/// password, and no acting as somebody else. The reasons are Kafka's, and name no user.
public struct PlainServer: SaslServer {
    /// Longer messages than this are not looked at, in bytes.
    private static let maxMessageBytes = 64 << 10

    /// Who may come in, with which password.
    public struct Users: Sendable, Equatable {
        private let passwords: [String: Secret]

        public init(_ passwords: [String: Secret]) {
            self.passwords = passwords
        }

        /// From a login module's options: `user_NAME` is the password of NAME.
        public init(_ config: JaasConfig) {
            let prefix = "user_"
            passwords = Dictionary(
                uniqueKeysWithValues: config.options.filter { $0.key.hasPrefix(prefix) }.map {
                    (String($0.key.dropFirst(prefix.count)), Secret($0.value))
                })
        }

        public var isEmpty: Bool { passwords.isEmpty }

        /// Whether the password is the user's. The time that it takes tells neither how much of the
        /// password is right nor whether there is such a user.
        func admits(_ name: String, _ password: [UInt8]) -> Bool {
            let right = passwords[name].map { HashFunction.sha256.hash($0.utf8) }
            let isSame = Libcrypto.isEqual(
                HashFunction.sha256.hash(password), right ?? Libcrypto.randomBytes(32))
            return isSame && right != nil
        }
    }

    private let users: Users

    public init(_ users: Users) {
        self.users = users
    }

    public mutating func respond(to message: [UInt8]) throws(SaslError) -> SaslServerStep {
        let parts = message.prefix(Self.maxMessageBytes)
            .split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3, message.count <= Self.maxMessageBytes,
            let name = String(validating: parts[1], as: UTF8.self)
        else {
            throw SaslError("Invalid SASL/PLAIN response: expected 3 tokens, got \(parts.count)")
        }
        guard !name.isEmpty else {
            throw SaslError("Authentication failed: username not specified")
        }
        guard !parts[2].isEmpty else {
            throw SaslError("Authentication failed: password not specified")
        }
        guard users.admits(name, Array(parts[2])) else {
            throw SaslError("Authentication failed: Invalid username or password")
        }
        guard parts[0].isEmpty || Array(parts[0]) == Array(name.utf8) else {
            throw SaslError(
                "Authentication failed: Client requested an authorization id that is different "
                    + "from username")
        }
        return .done([], username: name)
    }
}
