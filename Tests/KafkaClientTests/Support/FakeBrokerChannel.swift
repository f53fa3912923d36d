import KafkaBase
import KafkaTransport
import KafkaWire
import NIOCore
import NIOPosix

/// What a fake broker does with one request.
enum FakeReply {
    case frame(ByteBuffer)
    /// The connection ends without an answer.
    case close
    /// The request is never answered.
    case silence
}

/// A listener whose requests go to a closure, on its event loop.
final class FakeListener: Sendable {
    let channel: any Channel
    /// Kept, as a long path is reached through a descriptor that it owns.
    private let path: UnixSocketPath?

    init(
        path: UnixSocketPath? = nil,
        answer: @escaping @Sendable (RequestHeader, inout WireReader) throws -> FakeReply
    ) async throws {
        self.path = path
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FakeBrokerHandler(answer))
                }
            }
        if let path {
            channel = try await bootstrap.bind(to: path.address).get()
        } else {
            channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        }
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    func close() async throws { try await channel.close() }
}

private final class FakeBrokerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var frames = FrameAssembler()
    private let answer: @Sendable (RequestHeader, inout WireReader) throws -> FakeReply

    init(_ answer: @escaping @Sendable (RequestHeader, inout WireReader) throws -> FakeReply) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames.append(unwrapInboundIn(data))
        do {
            while let frame = try frames.nextFrame() {
                var reader = WireReader(frame)
                let header = try RequestHeader(from: &reader)
                switch try answer(header, &reader) {
                case .frame(let frame): context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
                case .close: return context.close(promise: nil)
                case .silence: break
                }
            }
        } catch {
            context.close(promise: nil)
        }
    }
}

extension ResponseMessage {
    /// The frame that answers a request.
    func frame(for header: RequestHeader) throws -> ByteBuffer {
        var writer = WireWriter(ByteBuffer(integer: Int32(0)))
        let version = header.apiKey.responseHeaderVersion(for: header.apiVersion)
        ResponseHeader(correlationId: header.correlationId).encode(to: &writer, version: version)
        try encode(to: &writer, version: header.apiVersion)
        writer.setInteger(Int32(writer.count - 4), at: 0)
        return writer.buffer
    }
}
