internal import CCrypto

/// A private key in PEM under a password, of PKCS#8 or in OpenSSL's older form.
public enum EncryptedKey {
    /// The key in DER. (NIOSSL would end the process on a password beyond ASCII.)
    ///
    /// - Returns: nil for a wrong password, or where no key is found.
    public static func decrypt(pem: [UInt8], password: Secret) -> [UInt8]? {
        Libcrypto.prepare()
        return pem.withUnsafeBytes { text in
            // The library reads the text where it is.
            guard let input = BIO_new_mem_buf(text.baseAddress, Int32(text.count)) else {
                return nil
            }
            defer { BIO_free(input) }
            // Without a callback the last argument is the password.
            var password = password.utf8 + [0]
            let key = PEM_read_bio_PrivateKey(input, nil, nil, &password)
            defer { EVP_PKEY_free(key) }
            return Libcrypto.der(key, i2d_PrivateKey)
        }
    }
}
