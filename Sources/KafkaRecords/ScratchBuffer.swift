/// Memory that is written from its start over and over and grows when it must: what a builder or a
/// codec works in. One owner; freed with it.
struct ScratchBuffer: ~Copyable {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var capacity: Int
    /// Bytes in use.
    var count = 0
    /// Bytes that were taken off its front since it was reset.
    private(set) var removedCount = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit {
        base.deallocate()
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Where the next byte goes.
    var end: UnsafeMutableRawPointer { base + count }
    var room: Int { capacity - count }

    /// Makes room for `byteCount` more bytes; at least doubles when it has to move.
    @inline(__always)
    mutating func reserve(_ byteCount: Int) {
        if capacity - count < byteCount { grow(byteCount) }
    }

    /// All bytes since it was reset, those that were taken off too.
    var totalCount: Int { removedCount + count }

    /// Takes bytes off its front; what is behind them moves there.
    mutating func removeFirst(_ byteCount: Int) {
        guard byteCount > 0 else { return }
        count -= byteCount
        removedCount += byteCount
        base.copyMemory(from: base + byteCount, byteCount: count)
    }

    private mutating func grow(_ byteCount: Int) {
        let larger = max(capacity * 2, count + byteCount)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    mutating func append(_ source: UnsafeRawBufferPointer) {
        reserve(source.count)
        if let start = source.baseAddress { end.copyMemory(from: start, byteCount: source.count) }
        count += source.count
    }

    /// Empties it; gives memory above `keeping` bytes back, so that one large batch is not kept.
    mutating func reset(keeping: Int = .max) {
        count = 0
        removedCount = 0
        guard capacity > keeping else { return }
        base.deallocate()
        capacity = max(keeping, 64)
        base = .allocate(byteCount: capacity, alignment: 16)
    }
}

extension UnsafeRawPointer {
    @inline(__always)
    func bigEndian<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type = Value.self)
        -> Value
    {
        Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}

extension UnsafeMutableRawPointer {
    @inline(__always)
    func storeBigEndian<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
    }
}
