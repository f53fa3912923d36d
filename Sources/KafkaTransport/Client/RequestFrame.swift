internal import KafkaBase
internal import KafkaWire
internal import NIOCore
internal import Synchronization

/// A request as it goes to the socket: its length, header and body, in one or several buffers.
struct RequestFrame: Sendable {
    var parts: [ByteBuffer]

    /// - Throws: `WireError` when the version cannot carry what the request holds.
    init(
        _ request: some RequestMessage, version: Int16, correlationID: Int32, clientID: String
    ) throws(WireError) {
        var buffer = ByteBuffer()
        buffer.writeInteger(Int32(0))
        var writer = WireWriter(buffer)
        let header = RequestHeader(
            apiKey: type(of: request).apiKey, apiVersion: version, correlationId: correlationID,
            clientId: clientID)
        try header.encode(to: &writer)
        try request.encode(to: &writer, version: version)
        guard let length = Int32(exactly: writer.count - 4) else {
            throw .invalidLength(writer.count)
        }
        writer.setInteger(length, at: 0)
        parts = [writer.buffer]
    }
}

/// Hands out the numbers that tell a connection's requests apart. Any thread.
final class CorrelationIDs: Sendable {
    private let last = Atomic<Int32>(0)

    func next() -> Int32 {
        last.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
