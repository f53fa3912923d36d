import KafkaBase
import KafkaTransport
import KafkaWire
import NIOCore

/// A response as a connection takes it: room for the frame's length, header, body.
enum ResponseFrame {
    static func encode<Response: ResponseMessage>(
        _ response: Response, version: Int16, correlationID: Int32
    ) throws(WireError) -> WireWriter {
        var writer = WireWriter(ByteBuffer())
        writer.writeInteger(Int32(0))
        let headerVersion = Response.apiKey.responseHeaderVersion(for: version)
        ResponseHeader(correlationId: correlationID).encode(to: &writer, version: headerVersion)
        try response.encode(to: &writer, version: version)
        return writer
    }

    /// Bytes without a header, as SASL's tokens came before KIP-152.
    static func token(_ bytes: [UInt8]) -> WireWriter {
        var buffer = ByteBuffer(repeating: 0, count: ServerReply.lengthPrefixBytes)
        buffer.writeBytes(bytes)
        return WireWriter(buffer)
    }
}
