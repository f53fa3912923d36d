public import KafkaSecurity
internal import NIOCore
internal import NIOSSL

/// What the TLS connections of a listener share: the certificate, and what is asked of clients.
///
/// Immutable; any thread.
public struct TLSServerContext: Sendable {
    /// Whether clients are to show a certificate (Kafka's `ssl.client.auth`).
    public enum ClientAuthentication: String, Sendable, CaseIterable {
        case none
        /// Who shows one must show a good one.
        case requested
        case required
    }

    /// Closing waits so long for the client to close its side.
    private static let shutdownTimeout = TimeAmount.milliseconds(250)

    private let context: NIOSSLContext
    /// What a client's certificate makes of it.
    let principal: @Sendable (_ distinguishedName: String) -> KafkaPrincipal

    /// Reads what the options name. Blocks.
    ///
    /// - Parameter principal: who a client with a certificate for that name is.
    /// - Throws: `SecretError` that says what to set.
    public init(
        _ options: TLSOptions, clientAuthentication: ClientAuthentication = .none,
        principal: @escaping @Sendable (_ distinguishedName: String) -> KafkaPrincipal = {
            KafkaPrincipal(name: $0)
        }
    ) throws {
        guard let identity = try options.identity() else {
            throw SecretError(
                .unusable,
                "TLS needs a certificate with its key; set ssl.keystore.location (PEM or PKCS#12)")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: identity.chain, privateKey: identity.key)
        configuration.shutdownTimeout = Self.shutdownTimeout
        switch clientAuthentication {
        case .none: configuration.certificateVerification = .none
        case .requested: configuration.certificateVerification = .optionalVerification
        case .required: configuration.certificateVerification = .noHostnameVerification
        }
        if clientAuthentication != .none, let roots = try options.trustRoots() {
            configuration.trustRoots = roots
        }
        context = try options.context(configuration)
        self.principal = principal
    }

    /// For one connection.
    func handler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: context) }
}
