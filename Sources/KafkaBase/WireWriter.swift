public import NIOCore

/// Writes the wire's primitive types into a buffer, big-endian.
///
/// Records that lie in a file are not copied: their length is written and a `Splice` notes where
/// in the output they belong, for the transport to send with `sendfile`.
public struct WireWriter: Sendable {
    /// A range of a file that belongs before the byte at `offset` of `buffer`'s readable bytes.
    public struct Splice: Sendable {
        public var offset: Int
        public var slice: FileSlice
    }

    /// What has been written, without the splices' bytes.
    public private(set) var buffer: ByteBuffer
    /// In the order of their offsets.
    public private(set) var splices: [Splice] = []
    /// The error codes among what was written, without those that say that there is none.
    public private(set) var errors: [ErrorCode] = []

    /// - Parameter buffer: written to behind what it already holds.
    public init(_ buffer: ByteBuffer = ByteBuffer()) {
        self.buffer = buffer
    }

    /// Bytes of the message as it will be on the wire, splices included.
    public var count: Int {
        splices.reduce(buffer.readableBytes) { $0 + $1.slice.count }
    }

    // MARK: Fixed sizes

    public mutating func writeInteger(_ value: some FixedWidthInteger) {
        buffer.writeInteger(value)
    }

    /// Overwrites an integer that was written before, such as a length known only afterwards.
    public mutating func setInteger(_ value: some FixedWidthInteger, at index: Int) {
        buffer.setInteger(value, at: index)
    }

    public mutating func writeErrorCode(_ code: ErrorCode) {
        buffer.writeInteger(code.rawValue)
        if code != .none { errors.append(code) }
    }

    public mutating func writeBool(_ value: Bool) {
        buffer.writeInteger(UInt8(value ? 1 : 0))
    }

    public mutating func writeFloat64(_ value: Double) {
        buffer.writeInteger(value.bitPattern)
    }

    public mutating func writeUuid(_ value: Uuid) {
        buffer.writeInteger(value.high)
        buffer.writeInteger(value.low)
    }

    // MARK: Variable-length integers

    /// An unsigned variable-length integer of 32 bits (KIP-482), not zig-zag.
    public mutating func writeUnsignedVarint(_ value: UInt32) {
        var rest = value
        while rest >= 0x80 {
            buffer.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.writeInteger(UInt8(rest))
    }

    // MARK: Lengths

    /// - Parameter width: bytes of the length in the non-flexible form, 2 or 4.
    private mutating func writeLength(_ length: Int?, compact: Bool, width: Int) {
        if compact {
            writeUnsignedVarint(length.map { UInt32($0) + 1 } ?? 0)
        } else if width == 2 {
            writeInteger(length.map(Int16.init) ?? -1)
        } else {
            writeInteger(length.map(Int32.init) ?? -1)
        }
    }

    // MARK: Strings and bytes

    /// - Throws: `WireError.invalidLength` for a string longer than the field can say (32,767
    ///   bytes where the version is not flexible).
    public mutating func writeString(_ value: String?, compact: Bool) throws(WireError) {
        guard let value else { return writeLength(nil, compact: compact, width: 2) }
        let length = value.utf8.count
        guard length <= Int(Int16.max) else { throw .invalidLength(length) }
        writeLength(length, compact: compact, width: 2)
        buffer.writeString(value)
    }

    public mutating func writeBytes(_ value: ByteBuffer?, compact: Bool) throws(WireError) {
        guard let value else { return writeLength(nil, compact: compact, width: 4) }
        let length = value.readableBytes
        guard length < Int(Int32.max) else { throw .invalidLength(length) }
        writeLength(length, compact: compact, width: 4)
        buffer.writeImmutableBuffer(value)
    }

    public mutating func writeRecords(_ value: RecordsPayload?, compact: Bool) throws(WireError) {
        guard case .file(let slice) = value else {
            return try writeBytes(value?.buffer, compact: compact)
        }
        guard slice.count < Int(Int32.max) else { throw .invalidLength(slice.count) }
        writeLength(slice.count, compact: compact, width: 4)
        if slice.count > 0 { splices.append(Splice(offset: buffer.readableBytes, slice: slice)) }
    }

    // MARK: Arrays

    public mutating func writeArray<Element>(
        _ elements: [Element]?, compact: Bool,
        _ write: (inout WireWriter, Element) throws(WireError) -> Void
    ) throws(WireError) {
        writeLength(elements?.count, compact: compact, width: 4)
        for element in elements ?? [] { try write(&self, element) }
    }

    /// What stands before a nullable struct: 1, or -1 for null.
    public mutating func writeIsPresent(_ isPresent: Bool) {
        buffer.writeInteger(Int8(isPresent ? 1 : -1))
    }

    // MARK: Tagged fields

    /// Writes a tagged-field section (KIP-482): the fields given in ascending order of tags.
    public mutating func writeTaggedFields(_ fields: [TaggedField]) {
        writeUnsignedVarint(UInt32(fields.count))
        for field in fields {
            writeUnsignedVarint(field.tag)
            writeUnsignedVarint(UInt32(field.data.readableBytes))
            buffer.writeImmutableBuffer(field.data)
        }
    }
}
