internal import NIOCore
internal import NIOSSL

/// Says what an error of the TLS layer means, and what to set.
enum TLSFailure {
    /// - Returns: nil for an error that is not TLS's own.
    static func connectionError(
        _ error: any Error, at address: BrokerAddress, _ options: TLSOptions
    ) -> ConnectionError? {
        switch error {
        case let error as NIOSSLExtraError
        where error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch:
            return .tlsFailed(
                address,
                reason: "the broker's certificate is for another name; connect by a name that it "
                    + "has, or set ssl.endpoint.identification.algorithm= to leave that unchecked")
        case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])):
            return .closedAtStart(address, underTLS: true)
        case NIOSSLError.uncleanShutdown: return .closed(address, reason: "by the broker")
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            return .tlsFailed(address, reason: "the broker's certificate cannot be checked")
        default:
            guard let code = code(of: error) else { return nil }
            return .tlsFailed(address, reason: reason(code, options))
        }
    }

    /// BoringSSL's name of the first error: `CERTIFICATE_VERIFY_FAILED`.
    static func code(of error: any Error) -> String? {
        let stack: NIOBoringSSLErrorStack
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let errors)),
            NIOSSLError.handshakeFailed(.unknownError(let errors)),
            NIOSSLError.shutdownFailed(.sslError(let errors)),
            BoringSSLError.sslError(let errors), BoringSSLError.unknownError(let errors):
            stack = errors
        case is NIOSSLError: return "\(error)"
        default: return nil
        }
        // Written as "error:1000007d:SSL routines:OPENSSL_internal:NAME at FILE:LINE".
        guard let text = stack.first?.description,
            let start = text.firstRange(of: "OPENSSL_internal:")
        else { return "unknown error" }
        return String(text[start.upperBound...].prefix { $0 != " " })
    }

    private static func reason(_ code: String, _ options: TLSOptions) -> String {
        switch code {
        case "CERTIFICATE_VERIFY_FAILED":
            let trusted =
                switch options.trusted {
                case nil: "the system's CAs"
                case .file(let path): path
                case .text: "the CAs set as PEM text"
                }
            return "the broker's certificate is not trusted: it is not signed by \(trusted), or "
                + "has expired; set ssl.ca.location to the CA's certificate"
        case "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "INVALID_MESSAGE", "UNEXPECTED_MESSAGE":
            return speaksNoTLS
        case "TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL",
            "NO_SUPPORTED_VERSIONS_ENABLED":
            return "no TLS version in common; see ssl.enabled.protocols"
        case "SSLV3_ALERT_HANDSHAKE_FAILURE" where !options.cipherSuites.isEmpty:
            return "no cipher suite in common; see ssl.cipher.suites"
        case _ where code.contains("ALERT") && code.contains("CERTIFICATE"),
            "TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_ACCESS_DENIED":
            return options.certificate == nil
                ? "the broker asks for a client certificate (\(words(code))); set "
                    + "ssl.certificate.location and ssl.key.location, or ssl.keystore.location"
                : "the broker refuses the client certificate (\(words(code)))"
        default: return words(code)
        }
    }

    /// Whether bytes that came in place of an answer are a TLS alert: its type, and a version.
    static func isAlert(_ bytes: ByteBuffer) -> Bool {
        bytes.readableBytesView.starts(with: [0x15, 0x03])
    }

    static let speaksTLS = "the broker speaks TLS; set security.protocol=SSL or SASL_SSL"
    static let speaksNoTLS =
        "the broker speaks no TLS; set security.protocol=PLAINTEXT or SASL_PLAINTEXT"

    static func words(_ code: String) -> String {
        code.lowercased().replacing("_", with: " ")
    }
}
