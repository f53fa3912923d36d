internal import KafkaSecurity

/// The cipher suites that can be chosen, by their registered names (as Java's settings have them)
/// and OpenSSL's (as librdkafka's have them).
///
/// NIOSSL ends the process on a list that it does not understand, so only what is known here is
/// handed to it.
struct TLSCipherSuites: Equatable {
    private static let known: [(registered: String, openSSL: String)] = [
        ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"),
        ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
        ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
        ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"),
        ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"),
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
        ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
        ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"),
        ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"),
        ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"),
        ("TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
        ("TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
        ("TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"),
        ("TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"),
    ]
    /// Of TLS 1.3, where they cannot be chosen: its three are always there.
    private static let tls13: Set<String> = [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    ]
    /// OpenSSL's words for lists of its own.
    private static let words: Set<String> = ["DEFAULT", "HIGH", "ALL", "SECURE"]

    /// OpenSSL's names of those for TLS 1.2 with colons between them; nil for the usual ones.
    let tls12: String?
    /// Whether none of TLS 1.2's is wanted.
    let isTLS13Alone: Bool

    /// Names that are not known are passed over, as a list may be for newer libraries too.
    ///
    /// - Throws: `SecretError` when none is known.
    init(_ names: [String]) throws(SecretError) {
        let wanted = names.compactMap { name in
            Self.known.first { $0.registered == name || $0.openSSL == name }?.openSSL
        }
        tls12 = wanted.isEmpty ? nil : wanted.joined(separator: ":")
        let isUsual = names.isEmpty || names.contains(where: Self.words.contains)
        isTLS13Alone = wanted.isEmpty && !isUsual
        guard !isTLS13Alone || names.contains(where: Self.tls13.contains) else {
            throw SecretError(
                .unusable, "none of the cipher suites set in ssl.cipher.suites is known")
        }
    }
}
