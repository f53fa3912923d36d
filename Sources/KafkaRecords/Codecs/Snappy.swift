internal import CSnappy

/// Snappy as Java clients frame it (xerial's stream: a header, then blocks with a length in front),
/// and as others do (one raw block). No context.
enum Snappy {
    private static let magic: [UInt8] = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0x00]
    /// Magic, version, and the oldest version that can read it.
    private static let headerByteCount = 16
    private static let blockByteCount = 32 * 1024

    /// Writes the xerial form.
    static func compress(
        _ input: UnsafeRawBufferPointer, into output: inout ScratchBuffer
    ) throws(RecordsError) {
        output.reserve(headerByteCount)
        output.end.copyMemory(from: magic, byteCount: magic.count)
        output.end.storeBigEndian(Int32(1), at: 8)
        output.end.storeBigEndian(Int32(1), at: 12)
        output.count += headerByteCount
        var start = 0
        while start < input.count {
            let end = min(start + blockByteCount, input.count)
            try compressBlock(UnsafeRawBufferPointer(rebasing: input[start..<end]), into: &output)
            start = end
        }
    }

    private static func compressBlock(
        _ block: UnsafeRawBufferPointer, into output: inout ScratchBuffer
    ) throws(RecordsError) {
        var size = snappy_max_compressed_length(block.count)
        output.reserve(4 + size)
        let status = snappy_compress(
            block.baseAddress?.assumingMemoryBound(to: CChar.self), block.count,
            (output.end + 4).assumingMemoryBound(to: CChar.self), &size)
        guard status == SNAPPY_OK else {
            throw .compressionFailed(.snappy, reason: "status \(status.rawValue)")
        }
        output.end.storeBigEndian(Int32(size), at: 0)
        output.count += 4 + size
    }

    static func decompress(
        _ input: UnsafeRawBufferPointer, into output: inout ScratchBuffer, limit: Int,
        drain: (inout ScratchBuffer) throws(RecordsError) -> Void
    ) throws(RecordsError) {
        guard input.count >= headerByteCount, input.prefix(magic.count).elementsEqual(magic),
            let base = input.baseAddress
        else { return try decompressBlock(input, into: &output, limit: limit) }
        var position = headerByteCount
        while position < input.count {
            guard input.count - position >= 4 else { throw truncated }
            let size = Int(base.bigEndian(position, as: Int32.self))
            position += 4
            guard size >= 0, size <= input.count - position else { throw truncated }
            let block = UnsafeRawBufferPointer(rebasing: input[position..<position + size])
            try decompressBlock(block, into: &output, limit: limit)
            try drain(&output)
            position += size
        }
    }

    private static var truncated: RecordsError {
        .decompressionFailed(.snappy, reason: "a block is longer than the data")
    }

    private static func decompressBlock(
        _ block: UnsafeRawBufferPointer, into output: inout ScratchBuffer, limit: Int
    ) throws(RecordsError) {
        let start = block.baseAddress?.assumingMemoryBound(to: CChar.self)
        var size = 0
        guard snappy_uncompressed_length(start, block.count, &size) == SNAPPY_OK else {
            throw .decompressionFailed(.snappy, reason: "no length in front")
        }
        guard size <= limit - output.totalCount else {
            throw .decompressedTooLarge(limitBytes: limit)
        }
        // A byte of snappy stands for at most 64 of data: a longer claim is not allocated for.
        guard size <= block.count * 64 + 64 else {
            throw .decompressionFailed(.snappy, reason: "the length does not fit the data")
        }
        output.reserve(size)
        let status = snappy_uncompress(
            start, block.count, output.end.assumingMemoryBound(to: CChar.self), &size)
        guard status == SNAPPY_OK else {
            throw .decompressionFailed(.snappy, reason: "the data are damaged")
        }
        output.count += size
    }
}
