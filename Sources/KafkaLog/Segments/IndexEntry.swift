/// An entry of fixed size in an index file.
public protocol IndexEntry: Sendable, Equatable {
    /// In the file.
    static var byteCount: Int { get }
    /// - Parameter bytes: `byteCount` of them at least.
    init(_ bytes: UnsafeRawBufferPointer)
    func encode(into bytes: UnsafeMutableRawBufferPointer)
}

/// Of `.index`: the last offset of an append, and where the first batch of that append begins.
public struct OffsetIndexEntry: IndexEntry {
    public static let byteCount = 8

    /// From the segment's base offset.
    public var relativeOffset: Int32
    /// In the `.log` file, in bytes.
    public var position: Int32

    public init(relativeOffset: Int32, position: Int32) {
        self.relativeOffset = relativeOffset
        self.position = position
    }

    public init(_ bytes: UnsafeRawBufferPointer) {
        relativeOffset = bytes.bigEndian(0)
        position = bytes.bigEndian(4)
    }

    public func encode(into bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBigEndian(relativeOffset, at: 0)
        bytes.storeBigEndian(position, at: 4)
    }
}

/// Of `.timeindex`: the largest timestamp so far, and the last offset of the first batch that has
/// it. All records up to that offset have this timestamp or an earlier one.
public struct TimeIndexEntry: IndexEntry {
    public static let byteCount = 12

    /// Ms since the epoch.
    public var timestamp: Int64
    /// From the segment's base offset.
    public var relativeOffset: Int32

    public init(timestamp: Int64, relativeOffset: Int32) {
        self.timestamp = timestamp
        self.relativeOffset = relativeOffset
    }

    public init(_ bytes: UnsafeRawBufferPointer) {
        timestamp = bytes.bigEndian(0)
        relativeOffset = bytes.bigEndian(8)
    }

    public func encode(into bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBigEndian(timestamp, at: 0)
        bytes.storeBigEndian(relativeOffset, at: 8)
    }
}

extension Array where Element: IndexEntry {
    /// As they stand in an index file.
    func encoded() -> [UInt8] {
        // For no room the initializer writes into the one empty array that all threads share.
        guard !isEmpty else { return [] }
        let byteCount = count * Element.byteCount
        return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            for (index, entry) in enumerated() {
                entry.encode(
                    into: UnsafeMutableRawBufferPointer(
                        rebasing: bytes[(index * Element.byteCount)...]))
            }
            count = byteCount
        }
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    func bigEndian<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type = Value.self)
        -> Value
    {
        Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    @inline(__always)
    func storeBigEndian<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
    }
}
