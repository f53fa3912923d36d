/// 128 bits that stand for a record's key: SipHash-2-4 with a secret of its own for each map, so
/// that nobody can choose keys that are taken for one another.
struct KeyDigest: Equatable {
    var low: UInt64
    var high: UInt64

    /// What the digests of one map have in common.
    struct Secret {
        var low: UInt64
        var high: UInt64

        static func random() -> Secret {
            Secret(
                low: UInt64.random(in: UInt64.min...UInt64.max),
                high: UInt64.random(in: UInt64.min...UInt64.max))
        }
    }

    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    init(of key: UnsafeRawBufferPointer, _ secret: Secret) {
        var state = SipState(secret)
        let blockCount = key.count / 8
        for block in 0..<blockCount {
            state.absorb(
                UInt64(littleEndian: key.loadUnaligned(fromByteOffset: block * 8, as: UInt64.self)))
        }
        var last = UInt64(truncatingIfNeeded: key.count) << 56
        for (index, byte) in key[(blockCount * 8)...].enumerated() {
            last |= UInt64(byte) << UInt64(8 * index)
        }
        state.absorb(last)
        (low, high) = state.finish()
    }
}

/// The four words that SipHash works on, set up for an output of 128 bits.
private struct SipState {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    init(_ secret: KeyDigest.Secret) {
        v0 = secret.low ^ 0x736F_6D65_7073_6575
        v1 = secret.high ^ 0x646F_7261_6E64_6F6D ^ 0xEE
        v2 = secret.low ^ 0x6C79_6765_6E65_7261
        v3 = secret.high ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
        v3 ^= word
        for _ in 0..<2 { round() }
        v0 ^= word
    }

    mutating func finish() -> (UInt64, UInt64) {
        v2 ^= 0xEE
        for _ in 0..<4 { round() }
        let low = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xDD
        for _ in 0..<4 { round() }
        return (low, v0 ^ v1 ^ v2 ^ v3)
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = SipState.rotate(v1, 13) ^ v0
        v0 = SipState.rotate(v0, 32)
        v2 &+= v3
        v3 = SipState.rotate(v3, 16) ^ v2
        v0 &+= v3
        v3 = SipState.rotate(v3, 21) ^ v0
        v2 &+= v1
        v1 = SipState.rotate(v1, 17) ^ v2
        v2 = SipState.rotate(v2, 32)
    }

    @inline(__always)
    private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }
}
