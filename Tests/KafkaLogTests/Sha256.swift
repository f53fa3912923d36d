import TestSupport

/// SHA-256 (FIPS 180-4), to compare files with the fixtures' digests.
enum Sha256 {
    static func hex(_ bytes: [UInt8]) -> String {
        var state: [UInt32] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c,
            0x1f83_d9ab, 0x5be0_cd19,
        ]
        var padded = bytes + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(bytes.count) * 8
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        for start in stride(from: 0, to: padded.count, by: 64) {
            compress(&state, padded[start..<start + 64])
        }
        return Hex.encode(
            state.flatMap { word in
                [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
            })
    }

    private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
        value >> count | value << (32 - count)
    }

    private static func compress(_ state: inout [UInt32], _ block: ArraySlice<UInt8>) {
        var words: [UInt32] = []
        for index in 0..<16 {
            let start = block.startIndex + index * 4
            words.append(block[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        for index in 16..<64 {
            let low = words[index - 15]
            let high = words[index - 2]
            let sigma0 = rotate(low, 7) ^ rotate(low, 18) ^ low >> 3
            let sigma1 = rotate(high, 17) ^ rotate(high, 19) ^ high >> 10
            words.append(words[index - 16] &+ sigma0 &+ words[index - 7] &+ sigma1)
        }
        var v = state
        for index in 0..<64 {
            let sum1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
            let choice = v[4] & v[5] ^ ~v[4] & v[6]
            let first = v[7] &+ sum1 &+ choice &+ constants[index] &+ words[index]
            let sum0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
            let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
            v = [first &+ sum0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
        }
        for index in 0..<8 { state[index] &+= v[index] }
    }

    /// The first 32 bits of the cube roots' fractions of the first 64 primes.
    private static let constants: [UInt32] = {
        var primes: [UInt32] = []
        var candidate: UInt32 = 2
        while primes.count < 64 {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes.map(cubeRootFraction)
    }()

    /// Bit by bit: the largest fraction whose cube stays below the prime.
    private static func cubeRootFraction(_ prime: UInt32) -> UInt32 {
        var root: UInt64 = 0
        for bit in stride(from: UInt64(34), through: 0, by: -1) {
            let candidate = root | 1 << bit
            // (candidate / 2^32)^3 <= prime, in 128 bits.
            let square = candidate.multipliedFullWidth(by: candidate)
            let cube = square.low.multipliedFullWidth(by: candidate)
            let high = square.high.multipliedFullWidth(by: candidate)
            let (middle, carry) = cube.high.addingReportingOverflow(high.low)
            guard high.high == 0, !carry else { continue }
            if middle >> 32 < UInt64(prime) { root = candidate }
        }
        return UInt32(truncatingIfNeeded: root)
    }
}
