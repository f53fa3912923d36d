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
