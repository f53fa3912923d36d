internal import CCrypto

/// Whom a certificate is for.
public enum CertificateSubject {
    /// The distinguished name as RFC 2253 writes it, the last part first: `CN=alice,O=Example`.
    /// Characters beyond ASCII stand as they are, as in Java's `X500Principal.getName`.
    ///
    /// - Parameter der: the certificate.
    /// - Returns: nil for what is no certificate, or one without a subject.
    public static func distinguishedName(der: [UInt8]) -> String? {
        Libcrypto.prepare()
        let parsed = der.withUnsafeBufferPointer { room -> OpaquePointer? in
            var position = room.baseAddress
            return d2i_X509(nil, &position, room.count)
        }
        guard let parsed, let output = BIO_new(BIO_s_mem()) else { return nil }
        defer {
            BIO_free(output)
            X509_free(parsed)
        }
        let flags = skafka_rfc2253_flags() & ~UInt(ASN1_STRFLGS_ESC_MSB)
        let length = X509_NAME_print_ex(output, X509_get_subject_name(parsed), 0, flags)
        guard length > 0 else { return nil }
        let text = [UInt8](unsafeUninitializedCapacity: Int(length)) { room, filled in
            filled = max(0, Int(BIO_read(output, room.baseAddress, length)))
        }
        return String(validating: text, as: UTF8.self)
    }
}
