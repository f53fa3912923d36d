/// Values for a load's records: pieces of one block of bytes, so that a record costs its copy only.
///
/// The bytes are random but for the share that is to compress, and the same in every run. A batch
/// reaches the same piece twice only where it is larger than the block.
struct PayloadPool: Sendable {
    private static let blockBytes = 4 << 20
    /// Each stretch of so many bytes has the wanted share of repeating ones.
    private static let stretchBytes = 100

    private let bytes: [UInt8]

    /// - Parameters:
    ///   - maxBytes: of the largest record.
    ///   - compressiblePercent: share of each record that repeats, from 0 to 100.
    init(maxBytes: Int, compressiblePercent: Int) {
        let filler = Array("skafka bench ".utf8)
        let randomBytes = PayloadPool.stretchBytes - compressiblePercent
        // Whole words and stretches.
        let unit = 8 * PayloadPool.stretchBytes
        let count = (PayloadPool.blockBytes + maxBytes + unit - 1) / unit * unit
        bytes = [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
            var numbers = SeededNumbers(seed: 1)
            let raw = UnsafeMutableRawBufferPointer(room)
            for start in stride(from: 0, to: count, by: 8) {
                raw.storeBytes(of: numbers.next(), toByteOffset: start, as: UInt64.self)
            }
            if compressiblePercent > 0 {
                for start in stride(from: 0, to: count, by: PayloadPool.stretchBytes) {
                    for index in (start + randomBytes)..<(start + PayloadPool.stretchBytes) {
                        raw[index] = filler[index % filler.count]
                    }
                }
            }
            initialized = count
        }
    }

    /// Hands out the piece at a position, which any number is.
    @inline(__always)
    func withPiece<Result>(
        at position: Int, size: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let start = position % PayloadPool.blockBytes
        return try bytes.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[start..<(start + size)]))
        }
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
