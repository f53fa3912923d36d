import KafkaBase
import KafkaWire
import NIOCore

extension ApiKey {
    /// Request and response type of a key.
    var messageTypes: [(kind: String, type: any ApiMessage.Type)] {
        guard let request = requestType else { return [] }
        func response<Request: RequestMessage>(
            _: Request.Type
        ) -> any ApiMessage.Type { Request.Response.self }
        return [("request", request), ("response", response(request))]
    }
}

extension WireMessage {
    /// Decodes a body and says how many bytes stand behind it.
    static func decode(
        _ bytes: [UInt8], version: Int16
    ) throws(WireError) -> (message: Self, trailing: Int) {
        var reader = WireReader(ByteBuffer(bytes: bytes))
        let message = try Self(from: &reader, version: version)
        return (message, reader.remaining)
    }

    func encoded(version: Int16) throws(WireError) -> [UInt8] {
        var writer = WireWriter()
        try encode(to: &writer, version: version)
        return Array(writer.buffer.readableBytesView)
    }
}
