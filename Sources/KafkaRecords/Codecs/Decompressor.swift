/// Decompresses what any codec made. One owner; contexts are made when first needed and freed with
/// it. Output is bounded by the caller's limit, memory by the larger of it and a chunk.
struct Decompressor: ~Copyable {
    /// Room that streaming codecs are given at a time.
    static let chunkByteCount = 64 * 1024

    private var gzip: GzipDecompressor?
    private var lz4: Lz4Decompressor?
    private var zstd: ZstdDecompressor?

    init() {}

    /// Appends the decompressed form of `input` to `output`.
    ///
    /// - Parameters:
    ///   - limit: how many bytes it may come to in all.
    ///   - drain: called after each piece; may take bytes off the front of what is there.
    mutating func decompress(
        _ codec: CompressionCodec, _ input: UnsafeRawBufferPointer,
        into output: inout ScratchBuffer, limit: Int,
        drain: (inout ScratchBuffer) throws(RecordsError) -> Void = { _ in }
    ) throws(RecordsError) {
        switch codec {
        case .none: output.append(input)
        case .gzip:
            if gzip == nil { gzip = try GzipDecompressor() }
            try gzip?.decompress(input, into: &output, limit: limit, drain: drain)
        case .snappy: try Snappy.decompress(input, into: &output, limit: limit, drain: drain)
        case .lz4:
            if lz4 == nil { lz4 = try Lz4Decompressor() }
            try lz4?.decompress(input, into: &output, limit: limit, drain: drain)
        case .zstd:
            if zstd == nil { zstd = try ZstdDecompressor() }
            try zstd?.decompress(input, into: &output, limit: limit, drain: drain)
        }
    }
}
