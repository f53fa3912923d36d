import Glibc
import KafkaBase
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import KafkaTransport

/// Answers with the request's bytes; `hold` waits until the connection is drained or closed; `file`
/// sends ranges of a file between them.
private final class EchoService: RequestService, Sendable {
    private final class File: FileDescriptorOwner {
        let fileDescriptor: Int32
        init(_ path: String) { fileDescriptor = open(path, O_RDONLY | O_CLOEXEC) }
        deinit { close(fileDescriptor) }
    }

    let holding = NIOLockedValueBox(0)
    private let path: String?

    init(path: String? = nil) { self.path = path }

    func serve(_ frame: ByteBuffer, from scope: ConnectionScope, reply: ReplyHandle) {
        var writer = WireWriter(ByteBuffer())
        writer.writeInteger(Int32(0))
        let text = String(buffer: frame)
        if text == "hold" {
            holding.withLockedValue { $0 += 1 }
            _ = scope.beginWait { reason in
                writer.writeInteger(UInt8(reason == .draining ? 1 : 0))
                reply.complete(.message(writer))
            }
            return
        }
        if text == "file", let path {
            let file = File(path)
            for (position, count) in [(0, 100), (100, 900_000), (900_100, 5)] {
                try? writer.writeRecords(
                    .file(FileSlice(owner: file, position: position, count: count)),
                    compact: false)
            }
        } else {
            for byte in frame.readableBytesView { writer.writeInteger(byte) }
        }
        reply.complete(.message(writer))
    }
}

/// A client that sees bytes.
private final class RawClient: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    private var received = ByteBuffer()
    private var waiter: (count: Int, promise: EventLoopPromise<[UInt8]>)?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.writeBuffer(&buffer)
        deliver()
    }

    func channelInactive(context: ChannelHandlerContext) {
        waiter?.promise.fail(ChannelError.eof)
        waiter = nil
    }

    private func deliver() {
        guard let (count, promise) = waiter, let bytes = received.readBytes(length: count) else {
            return
        }
        waiter = nil
        promise.succeed(bytes)
    }

    /// The next so many bytes.
    func next(_ count: Int, on channel: any Channel) async throws -> [UInt8] {
        try await channel.eventLoop.flatSubmit {
            let promise = channel.eventLoop.makePromise(of: [UInt8].self)
            self.waiter = (count, promise)
            self.deliver()
            return promise.futureResult
        }.get()
    }

    static func connect(
        _ address: SocketAddress, _ group: any EventLoopGroup
    ) async throws -> (any Channel, RawClient) {
        let client = RawClient()
        let channel = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(client)
                }
            }
            .connect(to: address).get()
        return (channel, client)
    }

    static func send(_ text: String, on channel: any Channel) async throws {
        var buffer = ByteBuffer(integer: Int32(text.utf8.count))
        buffer.writeString(text)
        try await channel.writeAndFlush(buffer).get()
    }
}

@Suite struct ServerTests {
    private let group = MultiThreadedEventLoopGroup.singleton
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func start(
        _ addresses: [ListenerAddress], maxConnections: Int = 100,
        service: any RequestService = EchoService()
    ) async throws -> Server {
        var options = Server.Options(addresses: addresses)
        options.maxConnections = maxConnections
        return try await Server.start(options, group: group, logger: logger) { _ in service }
    }

    private func socketAddress(_ address: ListenerAddress) throws -> SocketAddress {
        switch address {
        case .tcp(let host, let port): try SocketAddress(ipAddress: host, port: port)
        case .unix(let path): try SocketAddress(unixDomainSocketPath: path)
        }
    }

    @Test func `TCP and Unix sockets answer; port 0 becomes a real one`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s.sock"
        let server = try await start([.tcp(host: "127.0.0.1", port: 0), .unix(path: path)])
        guard case .tcp("127.0.0.1", let port) = server.boundAddresses[0] else {
            Issue.record("\(server.boundAddresses)")
            return
        }
        #expect(port > 0)
        for address in server.boundAddresses {
            let (channel, client) = try await RawClient.connect(socketAddress(address), group)
            try await RawClient.send("abc", on: channel)
            #expect(try await client.next(7, on: channel) == [0, 0, 0, 3] + Array("abc".utf8))
            try await channel.close().get()
        }
        await server.shutdown(graceMs: 1000)
    }

    @Test func `The socket's file is its owner's alone, and goes at the end`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s.sock"
        let server = try await start([.unix(path: path)])
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        await server.shutdown(graceMs: 1000)
        #expect(lstat(path, &status) != 0)
    }

    @Test func `A stale socket is replaced, a file of another kind is not`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s.sock"
        let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try socketAddress(.unix(path: path)).withSockAddr { address, size in
            #expect(bind(stale, address, socklen_t(size)) == 0)
        }
        close(stale)
        let server = try await start([.unix(path: path)])
        await server.shutdown(graceMs: 1000)

        let file = directory.path + "/file"
        close(open(file, O_CREAT | O_WRONLY, 0o600))
        await #expect(throws: Server.BindError.self) { try await start([.unix(path: file)]) }
        var status = stat()
        #expect(lstat(file, &status) == 0)
    }

    @Test func `A port in use is said, and the listeners bound before are closed`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s.sock"
        let first = try await start([.tcp(host: "127.0.0.1", port: 0)])
        let error = await #expect(throws: Server.BindError.self) {
            try await start([.unix(path: path), first.boundAddresses[0]])
        }
        #expect(error?.description.contains("Address already in use") == true)
        var status = stat()
        #expect(lstat(path, &status) != 0)
        await first.shutdown(graceMs: 1000)
    }

    @Test func `Ranges of a file leave between the response's bytes`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/file"
        let content = (0..<900_105).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
        #expect(
            content.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
                == content.count)
        close(descriptor)
        let server = try await start(
            [.unix(path: directory.path + "/s.sock")], service: EchoService(path: path))
        let (channel, client) = try await RawClient.connect(
            socketAddress(server.boundAddresses[0]), group)
        for _ in 0..<3 {
            try await RawClient.send("file", on: channel)
            func length(_ count: Int) -> [UInt8] {
                (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
            }
            let expected =
                length(900_105 + 12) + length(100) + content[..<100] + length(900_000)
                + content[100..<900_100] + length(5) + content[900_100...]
            let answer = try await client.next(expected.count, on: channel)
            #expect(answer == expected, "\(answer.count) bytes")
        }
        try await channel.close().get()
        await server.shutdown(graceMs: 1000)
    }

    @Test func `Too many connections are closed at once`() async throws {
        let server = try await start([.tcp(host: "127.0.0.1", port: 0)], maxConnections: 1)
        let address = try socketAddress(server.boundAddresses[0])
        let (first, client) = try await RawClient.connect(address, group)
        try await RawClient.send("a", on: first)
        _ = try await client.next(5, on: first)
        let (second, _) = try await RawClient.connect(address, group)
        try await second.closeFuture.get()
        #expect(first.isActive)
        try await first.close().get()
        await server.shutdown(graceMs: 1000)
    }

    @Test func `Shutting down ends long polls with an answer and closes all`() async throws {
        let service = EchoService()
        let server = try await start([.tcp(host: "127.0.0.1", port: 0)], service: service)
        let address = try socketAddress(server.boundAddresses[0])
        let (idle, _) = try await RawClient.connect(address, group)
        let (waiting, client) = try await RawClient.connect(address, group)
        try await RawClient.send("hold", on: waiting)
        while service.holding.withLockedValue({ $0 }) == 0 || server.connectionCount < 2 {
            await Task.yield()
        }
        async let answer = client.next(5, on: waiting)
        await server.shutdown(graceMs: 60_000)
        #expect(try await answer == [0, 0, 0, 1, 1])
        #expect(server.connectionCount == 0)
        try await idle.closeFuture.get()
    }
}
