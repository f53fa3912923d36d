internal import KafkaBase

/// A record seen where it lies. The pointers are valid only during the call that hands it out.
public struct RecordView {
    public var offset: Int64
    /// Ms since the epoch, -1 where the format has none (v0).
    public var timestamp: Int64
    /// Nil is a null key, which an empty one is not.
    public var key: UnsafeRawBufferPointer?
    public var value: UnsafeRawBufferPointer?
    public var headers: RecordHeaders
    /// Bytes of the record's body, decompressed.
    public var sizeBytes: Int
    /// -1 without idempotence (and in old formats).
    public var sequence: Int32
}

/// What a visitor wants next.
public enum RecordVisit: Sendable {
    case `continue`
    case stop
}

/// The headers of a record where they lie, already checked.
public struct RecordHeaders {
    public let count: Int
    let bytes: UnsafeRawBufferPointer

    static var none: RecordHeaders {
        RecordHeaders(count: 0, bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    public var isEmpty: Bool { count == 0 }

    /// Calls `body` for each header in its order; equal names are kept.
    public func forEach(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws -> Void
    ) rethrows {
        guard count > 0, var cursor = bytes.baseAddress else { return }
        let end = cursor + bytes.count
        for _ in 0..<count {
            guard let name = RecordHeaders.readField(&cursor, end: end), let name = name.bytes,
                let value = RecordHeaders.readField(&cursor, end: end)
            else { return }
            try body(name, value.bytes)
        }
    }

    /// Checks that `count` headers fill the bytes exactly.
    static func isWellFormed(_ bytes: UnsafeRawBufferPointer, count: Int) -> Bool {
        guard count > 0 else { return bytes.isEmpty }
        guard var cursor = bytes.baseAddress else { return false }
        let end = cursor + bytes.count
        for _ in 0..<count {
            guard let name = readField(&cursor, end: end), name.bytes != nil,
                readField(&cursor, end: end) != nil
            else { return false }
        }
        return cursor == end
    }

    /// A field with a length in front: the outer nil says that it does not fit into the bytes.
    @inline(__always)
    static func readField(
        _ cursor: inout UnsafeRawPointer, end: UnsafeRawPointer
    ) -> RecordField? {
        guard let length = Varint.read(&cursor, end: end) else { return nil }
        if length == -1 { return RecordField(bytes: nil) }
        guard length >= 0, length <= Int64(end - cursor) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: cursor, count: Int(length))
        cursor += Int(length)
        return RecordField(bytes: bytes)
    }
}

/// A nullable field of a record.
struct RecordField {
    var bytes: UnsafeRawBufferPointer?
}
