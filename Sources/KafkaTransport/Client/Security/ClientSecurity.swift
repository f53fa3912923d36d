public import KafkaSecurity

/// How a client's connections are secured; by default not at all. Connections to a Unix socket
/// never are: who may open it is decided by its directory.
///
///     var tls = TLSOptions()
///     tls.trusted = .file("/etc/ssl/kafka-ca.pem")
///     configuration.security = ClientSecurity(
///         tls: TLSClientContext(tls),
///         sasl: .scram(.sha512, username: "alice", password: SecretSource(Secret(password))))
public struct ClientSecurity: Sendable {
    /// TLS under everything else. Shared by the connections, which read the certificates once.
    public var tls: TLSClientContext?
    /// Authentication before the first request.
    public var sasl: SaslOptions?

    public init(tls: TLSClientContext? = nil, sasl: SaslOptions? = nil) {
        self.tls = tls
        self.sasl = sasl
    }

    /// What a connection goes through before it can be used, for a message.
    var stages: String {
        var stages = ["ApiVersions request"]
        if tls != nil { stages.insert("TLS handshake", at: 0) }
        if sasl != nil { stages.append("authentication") }
        return stages.joined(separator: ", ")
    }
}
