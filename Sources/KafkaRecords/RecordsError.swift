/// What is wrong with the bytes of a batch or message set.
public enum RecordsError: Error, Equatable, Sendable {
    /// Fewer bytes than a header, or than the batch's own length, asks for.
    case truncated(needed: Int, available: Int)
    /// The length field holds less than the smallest batch of its format, or a negative number.
    case invalidBatchLength(Int)
    case unknownMagic(Int8)
    /// Codec bits of the attributes that no codec has.
    case unknownCodec(UInt8)
    case crcMismatch(stored: UInt32, computed: UInt32)
    case invalidRecordCount(Int32)
    /// A record, counted from 0 in its batch, that is not formed as the format wants.
    case invalidRecord(index: Int, reason: String)
    /// Bytes behind the last record of a batch.
    case trailingBytes(Int)
    case decompressionFailed(CompressionCodec, reason: String)
    case decompressedTooLarge(limitBytes: Int)
    case compressionFailed(CompressionCodec, reason: String)
    /// A batch would be longer than its length field can say.
    case batchTooLarge(sizeBytes: Int)
}

extension RecordsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let needed, let available):
            "truncated: \(needed) bytes needed, \(available) left"
        case .invalidBatchLength(let length): "invalid batch length \(length)"
        case .unknownMagic(let magic): "unknown magic \(magic)"
        case .unknownCodec(let codec): "unknown compression codec \(codec)"
        case .crcMismatch(let stored, let computed):
            "CRC mismatch: stored \(stored), computed \(computed)"
        case .invalidRecordCount(let count): "invalid record count \(count)"
        case .invalidRecord(let index, let reason): "invalid record \(index): \(reason)"
        case .trailingBytes(let count): "\(count) bytes behind the last record"
        case .decompressionFailed(let codec, let reason): "\(codec) decompression failed: \(reason)"
        case .decompressedTooLarge(let limit): "records decompress to more than \(limit) bytes"
        case .compressionFailed(let codec, let reason): "\(codec) compression failed: \(reason)"
        case .batchTooLarge(let size): "a batch of \(size) bytes is too large"
        }
    }
}
