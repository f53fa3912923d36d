internal import CCrypto

/// The contents of a PKCS#12 file (Java's keystores and truststores since version 9, `.p12`,
/// `.pfx`), in DER.
public struct PKCS12Store: Sendable, Equatable {
    /// Of the key, if there is one.
    public private(set) var certificate: [UInt8]?
    /// Those that come with it, or all of a truststore.
    public private(set) var otherCertificates: [[UInt8]] = []
    public private(set) var key: [UInt8]?

    /// - Throws: `SecretError` for a wrong password and for what is no such file.
    public init(_ bytes: [UInt8], password: Secret?) throws(SecretError) {
        Libcrypto.prepare()
        let parsed = bytes.withUnsafeBufferPointer { room -> OpaquePointer? in
            var position = room.baseAddress
            return d2i_PKCS12(nil, &position, room.count)
        }
        guard let parsed else { throw SecretError(.unusable, "no PKCS#12 file") }
        defer { PKCS12_free(parsed) }
        let text = password?.value ?? ""
        // A file without a password is sealed with an empty one, or with none at all.
        guard
            PKCS12_verify_mac(parsed, text, Int32(text.utf8.count)) == 1
                || PKCS12_mac_present(parsed) == 0
                || (text.isEmpty && PKCS12_verify_mac(parsed, nil, 0) == 1)
        else { throw SecretError(.unusable, "wrong password for the PKCS#12 file") }

        var key: OpaquePointer?
        var certificate: OpaquePointer?
        var others: OpaquePointer?
        guard PKCS12_parse(parsed, text, &key, &certificate, &others) == 1 else {
            throw SecretError(
                .unusable,
                "the PKCS#12 file cannot be decrypted: its cipher is too old; write it again with "
                    + "'openssl pkcs12 -legacy -nodes' and 'openssl pkcs12 -export'")
        }
        defer {
            EVP_PKEY_free(key)
            X509_free(certificate)
            skafka_x509_free_all(others)
        }
        self.key = Libcrypto.der(key, i2d_PrivateKey)
        self.certificate = Libcrypto.der(certificate, i2d_X509)
        for index in 0..<skafka_x509_count(others) {
            if let bytes = Libcrypto.der(skafka_x509_at(others, index), i2d_X509) {
                otherCertificates.append(bytes)
            }
        }
    }
}
