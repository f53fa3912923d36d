/// With which mechanism, and as whom, a client authenticates.
public struct SaslOptions: Sendable {
    public let mechanism: SaslMechanism
    private let make: @Sendable () throws -> any SaslClient

    /// - Parameter make: begins an exchange; called on a thread that may block, once for every
    ///   connection and for every time that one authenticates again (KIP-368).
    public init(_ mechanism: SaslMechanism, make: @escaping @Sendable () throws -> any SaslClient) {
        self.mechanism = mechanism
        self.make = make
    }

    public static func plain(username: String, password: SecretSource) -> SaslOptions {
        SaslOptions(.plain) {
            PlainClient(username: username, password: try password.resolve())
        }
    }

    public static func scram(
        _ hash: HashFunction, username: String, password: SecretSource
    ) -> SaslOptions {
        SaslOptions(hash == .sha256 ? .scramSha256 : .scramSha512) {
            ScramClient(hash, username: username, password: try password.resolve())
        }
    }

    public static func oauthBearer(
        token: SecretSource, extensions: [OAuthBearerClient.Extension] = []
    ) -> SaslOptions {
        SaslOptions(.oauthBearer) {
            OAuthBearerClient(token: try token.resolve(), extensions: extensions)
        }
    }

    /// A client for one exchange. May block.
    ///
    /// - Throws: `SecretError`, `SaslError`.
    public func makeClient() throws -> any SaslClient { try make() }
}
