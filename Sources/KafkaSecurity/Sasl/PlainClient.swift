/// PLAIN (RFC 4616): name and password in the clear, for connections under TLS.
public struct PlainClient: SaslClient {
    public let mechanism = SaslMechanism.plain
    private let username: String
    private let password: Secret

    public init(username: String, password: Secret) {
        self.username = username
        self.password = password
    }

    public func begin() throws(SaslError) -> [UInt8] {
        guard !username.utf8.contains(0), !password.value.utf8.contains(0) else {
            throw SaslError("user name or password contains a NUL, which PLAIN cannot carry")
        }
        // No other identity is asked for: the first field is empty.
        return [0] + Array(username.utf8) + [0] + password.utf8
    }

    public func respond(to challenge: [UInt8]) throws(SaslError) -> SaslStep {
        guard challenge.isEmpty else { throw SaslError("unexpected answer to PLAIN") }
        return .done
    }
}
