internal import CZlib

/// Writes RFC 1952 gzip. The context's memory is kept from batch to batch; one owner.
struct GzipCompressor: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter level: 1 to 9, nil for zlib's default.
    init(level: Int?) throws(RecordsError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Int32(level ?? Int(Z_DEFAULT_COMPRESSION)), Z_DEFLATED, Gzip.windowBits, 8,
            Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            stream.deallocate()
            throw .compressionFailed(.gzip, reason: "zlib status \(status)")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    mutating func compress(
        _ input: UnsafeRawBufferPointer, into output: inout ScratchBuffer
    ) throws(RecordsError) {
        deflateReset(stream)
        output.reserve(Int(deflateBound(stream, UInt(input.count))))
        Gzip.setInput(input, of: stream)
        stream.pointee.next_out = output.end.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: output.room)
        let status = deflate(stream, Z_FINISH)
        guard status == Z_STREAM_END else {
            throw .compressionFailed(.gzip, reason: "zlib status \(status)")
        }
        output.count += Int(stream.pointee.total_out)
    }
}

/// Reads gzip of one or more members. One owner.
struct GzipDecompressor: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(RecordsError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = inflateInit2_(
            stream, Gzip.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            stream.deallocate()
            throw .decompressionFailed(.gzip, reason: "zlib status \(status)")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    mutating func decompress(
        _ input: UnsafeRawBufferPointer, into output: inout ScratchBuffer, limit: Int,
        drain: (inout ScratchBuffer) throws(RecordsError) -> Void
    ) throws(RecordsError) {
        inflateReset(stream)
        Gzip.setInput(input, of: stream)
        while true {
            output.reserve(Decompressor.chunkByteCount)
            let room = min(output.room, Int(UInt32.max))
            stream.pointee.next_out = output.end.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(room)
            let status = inflate(stream, Z_NO_FLUSH)
            output.count += room - Int(stream.pointee.avail_out)
            guard output.totalCount <= limit else {
                throw .decompressedTooLarge(limitBytes: limit)
            }
            try drain(&output)
            switch status {
            case Z_OK: continue
            case Z_STREAM_END:
                if stream.pointee.avail_in == 0 { return }
                inflateReset(stream)
            case Z_BUF_ERROR:
                throw .decompressionFailed(.gzip, reason: "the data end early")
            default:
                let reason = stream.pointee.msg.map { String(cString: $0) }
                throw .decompressionFailed(.gzip, reason: reason ?? "zlib status \(status)")
            }
        }
    }
}

private enum Gzip {
    /// The largest window, plus 16 for a gzip header instead of zlib's.
    static let windowBits: Int32 = 15 + 16

    static func setInput(
        _ input: UnsafeRawBufferPointer, of stream: UnsafeMutablePointer<z_stream>
    ) {
        // zlib does not write there, its declaration only says so.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: input.count)
    }
}
