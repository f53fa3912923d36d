internal import KafkaSecurity
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// What all TLS connections of a client share: the certificates, read when the first connection is
/// made, on a thread that may block. Any thread.
public final class TLSClientContext: Sendable {
    /// Closing waits so long for the broker to close its side.
    private static let shutdownTimeout = TimeAmount.milliseconds(100)

    /// To find out whether there is TLS at all, with nothing to hide and nobody to trust.
    static let probe: TLSClientContext = {
        var options = TLSOptions()
        options.verifiesCertificate = false
        return TLSClientContext(options)
    }()

    public let options: TLSOptions
    private let made = NIOLockedValueBox<NIOSSLContext?>(nil)

    public init(_ options: TLSOptions) {
        self.options = options
    }

    /// The context; made now when there is none. Two that ask at once may both make it.
    func context(on eventLoop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        if let context = made.withLockedValue({ $0 }) {
            return eventLoop.makeSucceededFuture(context)
        }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            let context = try self.make()
            self.made.withLockedValue { $0 = context }
            return context
        }
    }

    /// A handler for one connection. An address in place of a name is no name to ask for (SNI); it
    /// is looked for in the certificate all the same.
    func handler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }

    /// Reads what the options name. Blocks.
    private func make() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.shutdownTimeout = Self.shutdownTimeout
        configuration.minimumTLSVersion = Self.version(options.versions.lowerBound)
        configuration.maximumTLSVersion = Self.version(options.versions.upperBound)
        if !options.verifiesCertificate {
            configuration.certificateVerification = .none
            configuration.trustRoots = .certificates([])
        } else if !options.verifiesHostName {
            configuration.certificateVerification = .noHostnameVerification
        }
        if let trusted = options.trusted, options.verifiesCertificate {
            configuration.trustRoots = try trustRoots(trusted)
        }
        if let certificate = options.certificate {
            let material = try TLSMaterial(certificate)
            configuration.certificateChain = try material.certificates(
                password: options.certificatePassword
            ).map { .certificate($0) }
            let key = try options.key.map { (key) throws(SecretError) in try TLSMaterial(key) }
            configuration.privateKey = .privateKey(
                try (key ?? material).key(
                    password: options.keyPassword, storePassword: options.certificatePassword))
        } else if options.key != nil {
            throw SecretError(
                .unusable, "a private key without its certificate; set ssl.certificate.location")
        }
        try setCipherSuites(&configuration)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            // It was read already.
            throw SecretError(.unusable, "the private key is not that of the certificate")
        } catch {
            let reason = TLSFailure.code(of: error) ?? "\(error)"
            throw SecretError(.unusable, "TLS cannot be set up: \(reason)")
        }
    }

    private func trustRoots(_ material: TLSOptions.Material) throws -> NIOSSLTrustRoots {
        // A directory is one in OpenSSL's form, with links named after hashes.
        if case .file(let path) = material, TLSMaterial.isDirectory(path) { return .file(path) }
        return .certificates(
            try TLSMaterial(material).certificates(password: options.trustedPassword))
    }

    private func setCipherSuites(_ configuration: inout TLSConfiguration) throws(SecretError) {
        let suites = try TLSCipherSuites(options.cipherSuites)
        if let tls12 = suites.tls12 { configuration.cipherSuites = tls12 }
        guard suites.isTLS13Alone else { return }
        guard options.versions.contains(.tls13) else {
            throw SecretError(.unusable, "the cipher suites set are TLS 1.3's, which is off")
        }
        configuration.minimumTLSVersion = .tlsv13
    }

    private static func version(_ version: TLSOptions.Version) -> TLSVersion {
        switch version {
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }
}
