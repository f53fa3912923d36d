/// The fixed bytes at the start of a v2 batch, decoded (Kafka's `DefaultRecordBatch`).
public struct RecordBatchHeader: Sendable, Hashable {
    /// Bytes before the first record.
    public static let byteCount = 61
    /// Bytes of `baseOffset` and `batchLength`, which the length does not count.
    public static let lengthPrefixByteCount = 12
    /// The CRC covers what lies behind itself.
    public static let crcStart = 21

    public var baseOffset: Int64
    /// Bytes behind this field.
    public var batchLength: Int32
    public var partitionLeaderEpoch: Int32
    public var magic: Int8
    public var crc: UInt32
    public var attributes: RecordBatchAttributes
    public var lastOffsetDelta: Int32
    /// Ms since the epoch; the delete horizon when the attributes say so.
    public var baseTimestamp: Int64
    /// Ms since the epoch.
    public var maxTimestamp: Int64
    /// -1 without idempotence.
    public var producerID: Int64
    public var producerEpoch: Int16
    public var baseSequence: Int32
    public var recordCount: Int32

    init(
        baseOffset: Int64, batchLength: Int32, partitionLeaderEpoch: Int32, magic: Int8,
        crc: UInt32, attributes: RecordBatchAttributes, lastOffsetDelta: Int32,
        baseTimestamp: Int64, maxTimestamp: Int64, producerID: Int64, producerEpoch: Int16,
        baseSequence: Int32, recordCount: Int32
    ) {
        self.baseOffset = baseOffset
        self.batchLength = batchLength
        self.partitionLeaderEpoch = partitionLeaderEpoch
        self.magic = magic
        self.crc = crc
        self.attributes = attributes
        self.lastOffsetDelta = lastOffsetDelta
        self.baseTimestamp = baseTimestamp
        self.maxTimestamp = maxTimestamp
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.baseSequence = baseSequence
        self.recordCount = recordCount
    }

    /// Decodes the bytes at the start of a batch; checks nothing but that they are there.
    ///
    /// - Throws: `RecordsError.truncated`.
    public init(_ bytes: UnsafeRawBufferPointer) throws(RecordsError) {
        guard let base = bytes.baseAddress, bytes.count >= RecordBatchHeader.byteCount else {
            throw .truncated(needed: RecordBatchHeader.byteCount, available: bytes.count)
        }
        baseOffset = base.bigEndian(0)
        batchLength = base.bigEndian(8)
        partitionLeaderEpoch = base.bigEndian(12)
        magic = base.bigEndian(16)
        crc = base.bigEndian(17)
        attributes = RecordBatchAttributes(rawValue: base.bigEndian(21))
        lastOffsetDelta = base.bigEndian(23)
        baseTimestamp = base.bigEndian(27)
        maxTimestamp = base.bigEndian(35)
        producerID = base.bigEndian(43)
        producerEpoch = base.bigEndian(51)
        baseSequence = base.bigEndian(53)
        recordCount = base.bigEndian(57)
    }

    /// Size of the whole batch in bytes.
    public var sizeBytes: Int { RecordBatchHeader.lengthPrefixByteCount + Int(batchLength) }
    public var lastOffset: Int64 { baseOffset &+ Int64(lastOffsetDelta) }
    /// The first offset behind the batch.
    public var nextOffset: Int64 { lastOffset &+ 1 }

    /// Checks what the header itself can tell: magic, length, codec, count.
    public func validate() throws(RecordsError) {
        guard magic == 2 else { throw .unknownMagic(magic) }
        guard sizeBytes >= RecordBatchHeader.byteCount else {
            throw .invalidBatchLength(Int(batchLength))
        }
        guard attributes.codec != nil else { throw .unknownCodec(attributes.codecID) }
        guard recordCount >= 0 else { throw .invalidRecordCount(recordCount) }
    }

    /// The CRC-32C of a whole v2 batch, as it should stand in its header.
    ///
    /// - Parameter batch: at least the 61 bytes of a header.
    public static func computeCrc(of batch: UnsafeRawBufferPointer) -> UInt32 {
        Crc32c.checksum(UnsafeRawBufferPointer(rebasing: batch[crcStart...]))
    }

    /// - Parameter batch: the bytes of this batch, all of them.
    /// - Throws: `RecordsError.crcMismatch`.
    public func verifyCrc(of batch: UnsafeRawBufferPointer) throws(RecordsError) {
        let computed = RecordBatchHeader.computeCrc(of: batch)
        guard computed == crc else { throw .crcMismatch(stored: crc, computed: computed) }
    }

    /// Writes the fields back to where they were read from.
    ///
    /// - Parameter base: room for `byteCount` bytes.
    func store(to base: UnsafeMutableRawPointer) {
        base.storeBigEndian(baseOffset, at: 0)
        base.storeBigEndian(batchLength, at: 8)
        base.storeBigEndian(partitionLeaderEpoch, at: 12)
        base.storeBigEndian(magic, at: 16)
        base.storeBigEndian(crc, at: 17)
        base.storeBigEndian(attributes.rawValue, at: 21)
        base.storeBigEndian(lastOffsetDelta, at: 23)
        base.storeBigEndian(baseTimestamp, at: 27)
        base.storeBigEndian(maxTimestamp, at: 35)
        base.storeBigEndian(producerID, at: 43)
        base.storeBigEndian(producerEpoch, at: 51)
        base.storeBigEndian(baseSequence, at: 53)
        base.storeBigEndian(recordCount, at: 57)
    }

    /// Writes the header in front of its records, and the CRC over both.
    ///
    /// - Parameter batch: the whole batch, with its records in their place.
    func seal(_ batch: UnsafeMutableRawBufferPointer) {
        precondition(batch.count >= RecordBatchHeader.byteCount)
        guard let base = batch.baseAddress else { return }
        store(to: base)
        base.storeBigEndian(
            RecordBatchHeader.computeCrc(of: UnsafeRawBufferPointer(batch)), at: 17)
    }
}
