/// The hashes of keys that decide a record's partition.
enum KeyHash {
    /// MurmurHash2 of 32 bits with the seed of Kafka's Java client (`Utils.murmur2`).
    static func murmur2(_ key: UnsafeRawBufferPointer) -> UInt32 {
        let multiplier: UInt32 = 0x5bd1_e995
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: key.count)
        var index = 0
        while index + 4 <= key.count {
            var word = UInt32(
                littleEndian: key.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            word = word &* multiplier
            word ^= word >> 24
            word = word &* multiplier
            hash = (hash &* multiplier) ^ word
            index += 4
        }
        if index < key.count {
            for (shift, byte) in key[index...].enumerated() {
                hash ^= UInt32(byte) << UInt32(8 * shift)
            }
            hash = hash &* multiplier
        }
        hash ^= hash >> 13
        hash = hash &* multiplier
        return hash ^ (hash >> 15)
    }

    /// CRC-32 (the polynomial of zlib), which librdkafka's `consistent` partitioner uses.
    static func crc32(_ key: UnsafeRawBufferPointer) -> UInt32 {
        var crc: UInt32 = .max
        for byte in key { crc = crcTable[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
        return ~crc
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in
            crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1
        }
    }
}
