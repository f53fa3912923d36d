internal import CLZ4

/// Writes one LZ4 frame of independent blocks, which is what Java's reader asks for.
enum Lz4Compressor {
    /// - Parameter level: 1 to 17 (Kafka's range; above 12 nothing changes), nil for the fast mode.
    static func compress(
        _ input: UnsafeRawBufferPointer, into output: inout ScratchBuffer, level: Int?
    ) throws(RecordsError) {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        preferences.compressionLevel = Int32(level ?? 0)
        output.reserve(LZ4F_compressFrameBound(input.count, &preferences))
        let size = LZ4F_compressFrame(
            output.end, output.room, input.baseAddress, input.count, &preferences)
        guard LZ4F_isError(size) == 0 else {
            throw .compressionFailed(.lz4, reason: String(cString: LZ4F_getErrorName(size)))
        }
        output.count += size
    }
}

/// Reads LZ4 frames. One owner.
struct Lz4Decompressor: ~Copyable {
    private let context: OpaquePointer

    init() throws(RecordsError) {
        var created: OpaquePointer?
        let status = LZ4F_createDecompressionContext(&created, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(status) == 0, let created else {
            throw .decompressionFailed(.lz4, reason: "no memory")
        }
        context = created
    }

    deinit {
        LZ4F_freeDecompressionContext(context)
    }

    mutating func decompress(
        _ input: UnsafeRawBufferPointer, into output: inout ScratchBuffer, limit: Int,
        drain: (inout ScratchBuffer) throws(RecordsError) -> Void
    ) throws(RecordsError) {
        LZ4F_resetDecompressionContext(context)
        guard var next = input.baseAddress else { throw Lz4Decompressor.truncated }
        let end = next + input.count
        while true {
            output.reserve(Decompressor.chunkByteCount)
            var written = output.room
            var consumed = end - next
            let hint = LZ4F_decompress(context, output.end, &written, next, &consumed, nil)
            guard LZ4F_isError(hint) == 0 else {
                throw .decompressionFailed(.lz4, reason: String(cString: LZ4F_getErrorName(hint)))
            }
            output.count += written
            next += consumed
            guard output.totalCount <= limit else {
                throw .decompressedTooLarge(limitBytes: limit)
            }
            try drain(&output)
            if hint == 0, next == end { return }
            guard consumed > 0 || written > 0 else { throw Lz4Decompressor.truncated }
        }
    }

    private static var truncated: RecordsError {
        .decompressionFailed(.lz4, reason: "the data end early")
    }

    /// Frames in v0 messages carry a checksum of their descriptor that is computed wrongly
    /// (KAFKA-3160). Puts in the one that the library accepts: it is a single byte.
    ///
    /// - Parameter frame: the start of a frame, to be changed.
    static func repairHeaderChecksum(_ frame: inout [UInt8]) {
        // Descriptor: flags, block size, and 8 bytes of content size where bit 3 of flags is set.
        guard frame.count > 6 else { return }
        let checksumIndex = frame[4] & 0x08 != 0 ? 14 : 6
        guard frame.count > checksumIndex else { return }
        for candidate in UInt8.min...UInt8.max {
            frame[checksumIndex] = candidate
            guard let trial = try? Lz4Decompressor() else { return }
            var info = LZ4F_frameInfo_t()
            var size = frame.count
            if LZ4F_isError(LZ4F_getFrameInfo(trial.context, &info, frame, &size)) == 0 { return }
        }
    }
}
