public import NIOCore

/// Reads the wire's primitive types from a buffer, big-endian, each checked against what is left
/// before anything is read or allocated.
///
/// A value type over a slice: whoever decodes owns it, on whatever thread. After an error the
/// position is unspecified and the reader is to be dropped.
public struct WireReader: Sendable {
    /// What has not been read yet.
    public private(set) var buffer: ByteBuffer
    /// Whether null stands for what is empty where the protocol has no null. Clients take that from
    /// brokers: librdkafka's mock cluster leaves out so what an error leaves no use for.
    private let toleratesNull: Bool

    public init(_ buffer: ByteBuffer, toleratesNull: Bool = false) {
        self.buffer = buffer
        self.toleratesNull = toleratesNull
    }

    /// Number of bytes not read yet.
    @inlinable
    public var remaining: Int { buffer.readableBytes }

    // MARK: Fixed sizes

    public mutating func readInteger<Value: FixedWidthInteger>(
        as type: Value.Type = Value.self
    ) throws(WireError) -> Value {
        guard let value = buffer.readInteger(as: Value.self) else {
            throw .truncated(needed: MemoryLayout<Value>.size, available: remaining)
        }
        return value
    }

    public mutating func readBool() throws(WireError) -> Bool {
        try readInteger(as: UInt8.self) != 0
    }

    public mutating func readFloat64() throws(WireError) -> Double {
        Double(bitPattern: try readInteger(as: UInt64.self))
    }

    public mutating func readUuid() throws(WireError) -> Uuid {
        Uuid(high: try readInteger(), low: try readInteger())
    }

    // MARK: Variable-length integers

    /// An unsigned variable-length integer of 32 bits (KIP-482), not zig-zag.
    public mutating func readUnsignedVarint() throws(WireError) -> UInt32 {
        var value: UInt32 = 0
        for shift in stride(from: UInt32(0), through: 28, by: 7) {
            let byte = try readInteger(as: UInt8.self)
            guard shift < 28 || byte < 0x10 else { throw .varintTooLong }
            value |= UInt32(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .varintTooLong
    }

    // MARK: Lengths

    /// A length or count in the form that the version has; nil where it stands for null.
    ///
    /// - Parameter width: bytes of the length in the non-flexible form, 2 or 4.
    private mutating func readLength(compact: Bool, width: Int) throws(WireError) -> Int? {
        if compact {
            let raw = try readUnsignedVarint()
            return raw == 0 ? nil : Int(raw) - 1
        }
        let raw =
            width == 2
            ? Int(try readInteger(as: Int16.self)) : Int(try readInteger(as: Int32.self))
        if raw == -1 { return nil }
        guard raw >= 0 else { throw .invalidLength(raw) }
        return raw
    }

    private mutating func readSlice(_ length: Int) throws(WireError) -> ByteBuffer {
        guard let slice = buffer.readSlice(length: length) else {
            throw .truncated(needed: length, available: remaining)
        }
        return slice
    }

    private func required<Value>(
        _ value: Value?, orEmpty empty: @autoclosure () -> Value
    ) throws(WireError) -> Value {
        if let value { return value }
        guard toleratesNull else { throw .invalidLength(-1) }
        return empty()
    }

    // MARK: Strings and bytes

    public mutating func readNullableString(compact: Bool) throws(WireError) -> String? {
        guard let length = try readLength(compact: compact, width: 2) else { return nil }
        // The compact form could say more, but Kafka takes no more in either.
        guard length <= Int(Int16.max) else { throw .invalidLength(length) }
        let slice = try readSlice(length)
        let text = slice.withUnsafeReadableBytes { String(validating: $0, as: UTF8.self) }
        guard let text else { throw .invalidUTF8 }
        return text
    }

    public mutating func readString(compact: Bool) throws(WireError) -> String {
        try required(try readNullableString(compact: compact), orEmpty: "")
    }

    /// A slice of the received buffer, not a copy.
    public mutating func readNullableBytes(compact: Bool) throws(WireError) -> ByteBuffer? {
        guard let length = try readLength(compact: compact, width: 4) else { return nil }
        return try readSlice(length)
    }

    public mutating func readBytes(compact: Bool) throws(WireError) -> ByteBuffer {
        try required(try readNullableBytes(compact: compact), orEmpty: ByteBuffer())
    }

    public mutating func readNullableRecords(compact: Bool) throws(WireError) -> RecordsPayload? {
        try readNullableBytes(compact: compact).map(RecordsPayload.bytes)
    }

    // MARK: Arrays

    /// Reads an array element by element.
    ///
    /// Every element of every message takes at least one byte, so a count larger than the bytes
    /// that are left is refused before anything is allocated.
    public mutating func readNullableArray<Element>(
        compact: Bool, _ element: (inout WireReader) throws(WireError) -> Element
    ) throws(WireError) -> [Element]? {
        guard let count = try readLength(compact: compact, width: 4) else { return nil }
        guard count <= remaining else { throw .truncated(needed: count, available: remaining) }
        var elements: [Element] = []
        // An element in memory is larger than on the wire: grow with what really decodes.
        elements.reserveCapacity(min(count, 1024))
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    public mutating func readArray<Element>(
        compact: Bool, _ element: (inout WireReader) throws(WireError) -> Element
    ) throws(WireError) -> [Element] {
        try required(try readNullableArray(compact: compact, element), orEmpty: [])
    }

    // MARK: Tagged fields

    /// Reads a tagged-field section (KIP-482): every field's bytes, a slice of the buffer.
    public mutating func readTaggedFields() throws(WireError) -> [TaggedField] {
        let count = Int(try readUnsignedVarint())
        guard count <= remaining else { throw .truncated(needed: count, available: remaining) }
        var fields: [TaggedField] = []
        for _ in 0..<count {
            let tag = try readUnsignedVarint()
            let data = try readSlice(Int(try readUnsignedVarint()))
            fields.append(TaggedField(tag: tag, data: data))
        }
        return fields
    }

    /// Whether a nullable struct follows: one byte, 1 or -1.
    public mutating func readIsPresent() throws(WireError) -> Bool {
        try readInteger(as: Int8.self) >= 0
    }
}
