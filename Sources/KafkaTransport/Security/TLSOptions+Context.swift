internal import KafkaSecurity
internal import NIOSSL

/// What a client and a server make of the options alike. All of it blocks: it reads files.
extension TLSOptions {
    /// The own certificate with those behind it, and its key; nil where none is named.
    ///
    /// - Throws: `SecretError` that says what to set.
    func identity() throws -> (chain: [NIOSSLCertificateSource], key: NIOSSLPrivateKeySource)? {
        guard let certificate else {
            guard key == nil else {
                throw SecretError(
                    .unusable,
                    "a private key without its certificate; set ssl.certificate.location")
            }
            return nil
        }
        let material = try TLSMaterial(certificate)
        let chain = try material.certificates(password: certificatePassword)
        let keyMaterial = try key.map { (key) throws(SecretError) in try TLSMaterial(key) }
        let key = try (keyMaterial ?? material).key(
            password: keyPassword, storePassword: certificatePassword)
        return (chain.map { .certificate($0) }, .privateKey(key))
    }

    /// The authorities that are trusted; nil for the system's.
    func trustRoots() throws -> NIOSSLTrustRoots? {
        guard let trusted else { return nil }
        // A directory is one in OpenSSL's form, with links named after hashes.
        if case .file(let path) = trusted, TLSMaterial.isDirectory(path) { return .file(path) }
        return .certificates(try TLSMaterial(trusted).certificates(password: trustedPassword))
    }

    /// Adds versions and cipher suites, and makes the context.
    func context(_ configuration: TLSConfiguration) throws -> NIOSSLContext {
        var configuration = configuration
        configuration.minimumTLSVersion = Self.version(versions.lowerBound)
        configuration.maximumTLSVersion = Self.version(versions.upperBound)
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

    private func setCipherSuites(_ configuration: inout TLSConfiguration) throws(SecretError) {
        let suites = try TLSCipherSuites(cipherSuites)
        if let tls12 = suites.tls12 { configuration.cipherSuites = tls12 }
        guard suites.isTLS13Alone else { return }
        guard versions.contains(.tls13) else {
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
