internal import CCrypto

/// The hash functions of SCRAM, with HMAC (RFC 2104) and PBKDF2 (RFC 8018) over them. Computed by
/// libcrypto; any thread.
public enum HashFunction: Sendable {
    case sha256, sha512

    var sizeBytes: Int {
        switch self {
        case .sha256: 32
        case .sha512: 64
        }
    }

    private var algorithm: OpaquePointer? {
        Libcrypto.prepare()
        return switch self {
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        }
    }

    func hash(_ bytes: [UInt8]) -> [UInt8] {
        make { EVP_Digest(bytes, bytes.count, $0, nil, algorithm, nil) == 1 }
    }

    func hmac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        make { HMAC(algorithm, key, Int32(key.count), bytes, bytes.count, $0, nil) != nil }
    }

    /// As many bytes as the hash has. `iterations` decides how long it takes: some 100 ns each.
    func pbkdf2(password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8] {
        make { room in
            password.withUnsafeBufferPointer { password in
                password.withMemoryRebound(to: CChar.self) { text in
                    PKCS5_PBKDF2_HMAC(
                        text.baseAddress, Int32(text.count), salt, Int32(salt.count),
                        Int32(iterations), algorithm, Int32(sizeBytes), room) == 1
                }
            }
        }
    }

    /// These fail only where memory does.
    private func make(_ fill: (UnsafeMutablePointer<UInt8>?) -> Bool) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: sizeBytes) { room, filled in
            precondition(fill(room.baseAddress), "libcrypto failed")
            filled = sizeBytes
        }
    }
}
