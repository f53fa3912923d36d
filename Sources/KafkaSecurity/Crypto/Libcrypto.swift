internal import CCrypto

/// What the library needs before its first use, and its small services.
enum Libcrypto {
    /// Whether the library is ready. It must not read `openssl.cnf`, which may name modules to
    /// load: that is for programs that share the system's library.
    private static let isReady =
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil) == 1

    static func prepare() {
        precondition(isReady, "libcrypto cannot be initialised")
    }

    static func randomBytes(_ count: Int) -> [UInt8] {
        prepare()
        return [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            precondition(RAND_bytes(room.baseAddress, Int32(count)) == 1, "no random numbers")
            filled = count
        }
    }

    /// Compares in a time that does not tell where the difference is.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// An object in DER. The library tells the length first, and writes then.
    static func der(
        _ object: OpaquePointer?,
        _ write: (OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) -> [UInt8]? {
        guard let object else { return nil }
        let length = Int(write(object, nil))
        guard length > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: length) { room, filled in
            var position = room.baseAddress
            filled = max(0, Int(write(object, &position)))
        }
    }
}
