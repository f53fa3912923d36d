public import NIOCore

/// A tagged field (KIP-482) that this version of the message does not know. It is kept, so that
/// decoding and encoding again loses nothing.
public struct TaggedField: Hashable, Sendable {
    public var tag: UInt32
    public var data: ByteBuffer

    public init(tag: UInt32, data: ByteBuffer) {
        self.tag = tag
        self.data = data
    }
}

extension [TaggedField] {
    /// Takes a known field out of a decoded section: a reader over its bytes, or nil when the
    /// sender left it out.
    public mutating func take(_ tag: UInt32) -> WireReader? {
        guard let index = firstIndex(where: { $0.tag == tag }) else { return nil }
        return WireReader(remove(at: index).data)
    }

    /// Puts a known field among the kept unknown ones, by ascending tag as the wire wants them.
    public mutating func add(
        _ tag: UInt32, _ write: (inout WireWriter) throws(WireError) -> Void
    ) throws(WireError) {
        var writer = WireWriter()
        try write(&writer)
        let index = firstIndex { $0.tag > tag } ?? endIndex
        insert(TaggedField(tag: tag, data: writer.buffer), at: index)
    }
}
