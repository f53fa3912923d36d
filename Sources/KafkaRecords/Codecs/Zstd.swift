internal import CZstd

/// Writes one zstd frame. The context's memory is kept from batch to batch; one owner.
struct ZstdCompressor: ~Copyable {
    private let context: OpaquePointer
    private let level: Int32

    /// - Parameter level: -131072 to 22, nil for the library's default (3).
    init(level: Int?) throws(RecordsError) {
        guard let context = ZSTD_createCCtx() else {
            throw .compressionFailed(.zstd, reason: "no memory")
        }
        self.context = context
        self.level = Int32(level ?? 3)
    }

    deinit {
        ZSTD_freeCCtx(context)
    }

    mutating func compress(
        _ input: UnsafeRawBufferPointer, into output: inout ScratchBuffer
    ) throws(RecordsError) {
        output.reserve(ZSTD_compressBound(input.count))
        let size = ZSTD_compressCCtx(
            context, output.end, output.room, input.baseAddress, input.count, level)
        guard ZSTD_isError(size) == 0 else {
            throw .compressionFailed(.zstd, reason: String(cString: ZSTD_getErrorName(size)))
        }
        output.count += size
    }
}

/// Reads zstd frames, one or more. One owner.
struct ZstdDecompressor: ~Copyable {
    private let context: OpaquePointer

    init() throws(RecordsError) {
        guard let context = ZSTD_createDCtx() else {
            throw .decompressionFailed(.zstd, reason: "no memory")
        }
        self.context = context
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    mutating func decompress(
        _ input: UnsafeRawBufferPointer, into output: inout ScratchBuffer, limit: Int,
        drain: (inout ScratchBuffer) throws(RecordsError) -> Void
    ) throws(RecordsError) {
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        while true {
            output.reserve(Decompressor.chunkByteCount)
            var target = ZSTD_outBuffer(dst: output.end, size: output.room, pos: 0)
            let before = source.pos
            let hint = ZSTD_decompressStream(context, &target, &source)
            guard ZSTD_isError(hint) == 0 else {
                throw .decompressionFailed(.zstd, reason: String(cString: ZSTD_getErrorName(hint)))
            }
            output.count += target.pos
            guard output.totalCount <= limit else {
                throw .decompressedTooLarge(limitBytes: limit)
            }
            try drain(&output)
            if hint == 0, source.pos == source.size { return }
            guard source.pos > before || target.pos > 0 else {
                throw .decompressionFailed(.zstd, reason: "the data end early")
            }
        }
    }
}
