internal import KafkaBase
public import NIOCore

/// Builds v2 batches, one after the other, record by record, in memory that it keeps.
///
/// One owner at a time; nothing is allocated per record. The bound is the caller's: it looks at
/// `sizeBytes` and `upperBound` before it appends, and calls `finish` when the batch is full.
public struct RecordBatchBuilder: ~Copyable {
    /// What identifies an idempotent or transactional producer's batch; `none` for plain ones.
    public struct ProducerState: Sendable, Hashable {
        public var id: Int64
        public var epoch: Int16
        public var baseSequence: Int32
        public var isTransactional: Bool

        public init(id: Int64, epoch: Int16, baseSequence: Int32, isTransactional: Bool = false) {
            self.id = id
            self.epoch = epoch
            self.baseSequence = baseSequence
            self.isTransactional = isTransactional
        }

        public static let none = ProducerState(id: -1, epoch: -1, baseSequence: -1)
    }

    private var records: ScratchBuffer
    private var packer: RecordBatchPacker
    private var baseTimestamp: Int64 = 0
    private var maxTimestamp: Int64 = 0
    public private(set) var recordCount = 0

    /// - Parameter capacityBytes: memory to begin with; it grows.
    public init(compression: Compression = .none, capacityBytes: Int = 16 << 10) {
        records = ScratchBuffer(capacity: capacityBytes)
        packer = RecordBatchPacker(compression)
        records.count = RecordBatchHeader.byteCount
    }

    public var isEmpty: Bool { recordCount == 0 }

    /// Size of the batch as it stands, in bytes, before compression.
    public var sizeBytes: Int { records.count }

    /// Bytes that a record adds at most, before compression.
    @inline(__always)
    public static func upperBound(
        keyBytes: Int, valueBytes: Int, headers: EncodedHeaders? = nil
    ) -> Int {
        // Length, attributes, timestamp delta, offset delta, two lengths, count of headers.
        keyBytes + valueBytes + (headers?.encodedByteCount ?? 1)
            + 1 + 4 * Varint.maxByteCount32 + Varint.maxByteCount64
    }

    /// Size of a batch that holds one record alone, in bytes, before compression.
    public static func batchBytes(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headers: EncodedHeaders?
    ) -> Int {
        let body = bodyBytes(
            timestampDelta: 0, offsetDelta: 0, key: key, value: value, headers: headers)
        return RecordBatchHeader.byteCount + Varint.byteCount(Int64(body)) + body
    }

    /// Bytes of a record behind its length.
    @inline(__always)
    private static func bodyBytes(
        timestampDelta: Int64, offsetDelta: Int64, key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?, headers: EncodedHeaders?
    ) -> Int {
        let keyCount = key?.count ?? 0
        let valueCount = value?.count ?? 0
        return 1 + Varint.byteCount(timestampDelta) + Varint.byteCount(offsetDelta)
            + Varint.byteCount(key == nil ? -1 : Int64(keyCount)) + keyCount
            + Varint.byteCount(value == nil ? -1 : Int64(valueCount)) + valueCount
            + (headers?.encodedByteCount ?? 1)
    }

    /// Adds a record behind those that are there.
    ///
    /// - Parameters:
    ///   - timestamp: ms since the epoch.
    ///   - key: nil is a null key, which an empty one is not.
    @inline(__always)
    public mutating func append(
        timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: EncodedHeaders? = nil
    ) {
        if recordCount == 0 {
            baseTimestamp = timestamp
            maxTimestamp = timestamp
        } else if timestamp > maxTimestamp {
            maxTimestamp = timestamp
        }
        let timestampDelta = timestamp &- baseTimestamp
        let offsetDelta = Int64(recordCount)
        let bodyCount = RecordBatchBuilder.bodyBytes(
            timestampDelta: timestampDelta, offsetDelta: offsetDelta, key: key, value: value,
            headers: headers)
        records.reserve(bodyCount + Varint.maxByteCount64)
        var cursor = records.end
        Varint.write(Int64(bodyCount), to: &cursor)
        cursor.storeBytes(of: 0, as: UInt8.self)
        cursor += 1
        Varint.write(timestampDelta, to: &cursor)
        Varint.write(offsetDelta, to: &cursor)
        RecordBatchBuilder.write(key, to: &cursor)
        RecordBatchBuilder.write(value, to: &cursor)
        if let headers {
            Varint.write(Int64(headers.count), to: &cursor)
            headers.bytes.withUnsafeBytes { RecordBatchBuilder.copy($0, to: &cursor) }
        } else {
            cursor.storeBytes(of: 0, as: UInt8.self)
            cursor += 1
        }
        records.count = cursor - records.base
        recordCount += 1
    }

    @inline(__always)
    private static func write(
        _ field: UnsafeRawBufferPointer?, to cursor: inout UnsafeMutableRawPointer
    ) {
        guard let field else { return Varint.write(-1, to: &cursor) }
        Varint.write(Int64(field.count), to: &cursor)
        copy(field, to: &cursor)
    }

    @inline(__always)
    private static func copy(
        _ bytes: UnsafeRawBufferPointer, to cursor: inout UnsafeMutableRawPointer
    ) {
        if let start = bytes.baseAddress { cursor.copyMemory(from: start, byteCount: bytes.count) }
        cursor += bytes.count
    }

    /// The batch as bytes, compressed, with base offset 0 and its CRC; the builder is empty again.
    ///
    /// - Parameter isControl: the records are for clients and brokers, not for consumers.
    /// - Throws: `RecordsError.compressionFailed`, `batchTooLarge`; the records stay then.
    public mutating func finish(
        producer: ProducerState = .none, isControl: Bool = false
    ) throws(RecordsError) -> ByteBuffer {
        if packer.codec != .none { try packer.pack(body) }
        return try seal(packer.codec, packer.batch, producer, isControl: isControl)
    }

    /// The same with the codec and the memory of a packer that others use, too.
    public mutating func finish(
        with packer: inout RecordBatchPacker, producer: ProducerState = .none
    ) throws(RecordsError) -> ByteBuffer {
        if packer.codec != .none { try packer.pack(body) }
        return try seal(packer.codec, packer.batch, producer, isControl: false)
    }

    private mutating func seal(
        _ codec: CompressionCodec, _ packed: UnsafeMutableRawBufferPointer,
        _ producer: ProducerState, isControl: Bool
    ) throws(RecordsError) -> ByteBuffer {
        let plain = UnsafeMutableRawBufferPointer(start: records.base, count: records.count)
        let batch = codec == .none ? plain : packed
        var header = try makeHeader(sizeBytes: batch.count, codec: codec, producer: producer)
        if isControl { header.attributes.rawValue |= RecordBatchAttributes.controlBit }
        header.seal(batch)
        let result = ByteBuffer(bytes: UnsafeRawBufferPointer(batch))
        removeAll()
        return result
    }

    /// Drops the records that are there.
    public mutating func removeAll() {
        records.reset(keeping: RecordBatchPacker.keptBytes)
        records.count = RecordBatchHeader.byteCount
        recordCount = 0
    }

    /// The records, uncompressed.
    private var body: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: records.bytes[RecordBatchHeader.byteCount...])
    }

    private func makeHeader(
        sizeBytes: Int, codec: CompressionCodec, producer: ProducerState
    ) throws(RecordsError) -> RecordBatchHeader {
        let prefix = RecordBatchHeader.lengthPrefixByteCount
        guard let length = Int32(exactly: sizeBytes - prefix),
            let count = Int32(exactly: recordCount)
        else { throw .batchTooLarge(sizeBytes: sizeBytes) }
        var attributes = Int16(codec.rawValue)
        if producer.isTransactional { attributes |= RecordBatchAttributes.transactionalBit }
        return RecordBatchHeader(
            baseOffset: 0, batchLength: length, partitionLeaderEpoch: -1, magic: 2, crc: 0,
            attributes: RecordBatchAttributes(rawValue: attributes),
            lastOffsetDelta: max(count - 1, 0), baseTimestamp: baseTimestamp,
            maxTimestamp: maxTimestamp, producerID: producer.id, producerEpoch: producer.epoch,
            baseSequence: producer.baseSequence, recordCount: count)
    }
}
