public import KafkaSecurity

/// Whom a client or a server trusts under TLS, and how it shows who it is.
public struct TLSOptions: Sendable {
    /// Certificates or keys: in PEM, or a PKCS#12 file.
    public enum Material: Sendable, Equatable {
        case file(String)
        /// PEM text.
        case text(Secret)
    }

    public enum Version: Int, Sendable, Comparable {
        case tls12, tls13

        public static func < (left: Version, right: Version) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// Certificate authorities; nil stands for the system's.
    public var trusted: Material?
    public var trustedPassword: SecretSource?
    /// The own certificate, and behind it those that link it to its authority; a store
    /// may hold the key too.
    public var certificate: Material?
    /// Of a store that holds certificate and key.
    public var certificatePassword: SecretSource?
    /// The key of the certificate; nil when it stands with the certificate.
    public var key: Material?
    public var keyPassword: SecretSource?
    /// Whether the broker's certificate is looked at at all. Without, anybody can be the broker.
    public var verifiesCertificate = true
    /// Whether the certificate must be for the name that was connected to.
    public var verifiesHostName = true
    public var versions: ClosedRange<Version> = .tls12 ... .tls13
    /// Of TLS 1.2, by OpenSSL's or the registered names; empty stands for a secure choice.
    public var cipherSuites: [String] = []

    public init() {}

    /// The versions that Java's names stand for. Older ones, which Java's files may name too, are
    /// not spoken.
    ///
    /// - Returns: nil when none of them is.
    public static func versions(named names: [String]) -> ClosedRange<Version>? {
        let known: [(name: String, version: Version)] = [("TLSv1.2", .tls12), ("TLSv1.3", .tls13)]
        let found = known.filter { names.contains($0.name) }.map(\.version)
        guard let lowest = found.first, let highest = found.last else { return nil }
        return lowest...highest
    }
}
