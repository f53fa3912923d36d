/// Compresses the records of batches, one after the other, with one codec. One owner; contexts are
/// made when first needed and freed with it.
struct Compressor: ~Copyable {
    let compression: Compression
    private var gzip: GzipCompressor?
    private var zstd: ZstdCompressor?

    init(_ compression: Compression) {
        self.compression = compression
    }

    /// Appends the compressed form of `input` to `output`.
    mutating func compress(
        _ input: UnsafeRawBufferPointer, into output: inout ScratchBuffer
    ) throws(RecordsError) {
        switch compression.codec {
        case .none: output.append(input)
        case .gzip:
            if gzip == nil { gzip = try GzipCompressor(level: compression.level) }
            try gzip?.compress(input, into: &output)
        case .snappy: try Snappy.compress(input, into: &output)
        case .lz4: try Lz4Compressor.compress(input, into: &output, level: compression.level)
        case .zstd:
            if zstd == nil { zstd = try ZstdCompressor(level: compression.level) }
            try zstd?.compress(input, into: &output)
        }
    }
}
