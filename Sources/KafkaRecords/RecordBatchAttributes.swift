/// The attributes of a v2 batch, and of a v0 or v1 message, which has the first four bits alone.
public struct RecordBatchAttributes: RawRepresentable, Sendable, Hashable {
    public var rawValue: Int16

    public init(rawValue: Int16) {
        self.rawValue = rawValue
    }

    static let codecMask: Int16 = 0x07
    /// The broker's clock stamped the records at their append.
    static let logAppendTimeBit: Int16 = 0x08
    static let transactionalBit: Int16 = 0x10
    static let controlBit: Int16 = 0x20
    static let deleteHorizonBit: Int16 = 0x40

    /// The codec bits as they stand, also where no codec has them.
    public var codecID: UInt8 { UInt8(rawValue & RecordBatchAttributes.codecMask) }

    /// Nil for bits that no codec has.
    public var codec: CompressionCodec? { CompressionCodec(rawValue: codecID) }

    public var isLogAppendTime: Bool { rawValue & RecordBatchAttributes.logAppendTimeBit != 0 }
    public var isTransactional: Bool { rawValue & RecordBatchAttributes.transactionalBit != 0 }
    /// Holds a transaction marker or the like, nothing for consumers.
    public var isControl: Bool { rawValue & RecordBatchAttributes.controlBit != 0 }
    /// `baseTimestamp` is the time from which compaction may drop the tombstones (KIP-534).
    public var hasDeleteHorizon: Bool { rawValue & RecordBatchAttributes.deleteHorizonBit != 0 }
}
