internal import KafkaBase

/// Record headers in the form that records hold them, encoded once and used for many records.
public struct EncodedHeaders: Sendable, Hashable {
    public private(set) var count = 0
    /// The entries, without their count.
    private(set) var bytes: [UInt8] = []

    public init() {}

    /// Adds a header behind those that are there; equal names are kept.
    ///
    /// - Parameter value: nil is a null value.
    public mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {
        append(Int64(name.count))
        bytes.append(contentsOf: name)
        append(value.map { Int64($0.count) } ?? -1)
        if let value { bytes.append(contentsOf: value) }
        count += 1
    }

    /// Empties it, keeping the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Bytes that the headers take in a record, their count included.
    var encodedByteCount: Int { Varint.byteCount(Int64(count)) + bytes.count }

    private mutating func append(_ value: Int64) {
        withUnsafeTemporaryAllocation(byteCount: Varint.maxByteCount64, alignment: 1) { room in
            guard let base = room.baseAddress else { return }
            var cursor = base
            Varint.write(value, to: &cursor)
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: base, count: cursor - base))
        }
    }
}
