import KafkaBase
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import KafkaTransport

/// Keeps requests until the test answers them.
private final class HeldService: RequestService, @unchecked Sendable {
    private(set) var frames: [[UInt8]] = []
    private var replies: [ReplyHandle] = []

    func serve(_ frame: ByteBuffer, from scope: ConnectionScope, reply: ReplyHandle) {
        frames.append(Array(frame.readableBytesView))
        replies.append(reply)
    }

    func answer(_ index: Int, _ bytes: [UInt8]) {
        replies[index].complete(
            .message(WireWriter(ByteBuffer(bytes: [0, 0, 0, 0] + bytes))))
    }

    func complete(_ index: Int, _ reply: ServerReply) { replies[index].complete(reply) }
}

/// Counts how often reading was asked for, at the socket's end of the pipeline.
private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = Never
    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}

private struct Fixture {
    let service = HeldService()
    let budget: MemoryBudget
    let channel = EmbeddedChannel()
    let connection: ServerConnection
    let reads = ReadCounter()
    let counters = LoopCounters()

    init(
        limits: RequestPipeline.Limits = .init(), budgetBytes: Int = 1 << 20,
        smallRequestBytes: Int = 0, maxFrameBytes: Int = 1000
    ) throws {
        budget = MemoryBudget(limitBytes: budgetBytes, smallRequestBytes: smallRequestBytes)
        connection = ServerConnection(
            scope: ConnectionScope(
                id: 1, eventLoop: channel.eventLoop, listenerIndex: 0, peer: "test"),
            service: service, budget: budget, maxFrameBytes: maxFrameBytes, limits: limits,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, counters: counters)
        try channel.pipeline.syncOperations.addHandlers([reads, connection])
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/nowhere")).wait()
    }

    /// Delivers bytes as one read does.
    func receive(_ bytes: [UInt8]) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        channel.embeddedEventLoop.run()
    }

    /// What has left since the last call.
    func sent() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let data = try channel.readOutbound(as: IOData.self) {
            guard case .byteBuffer(let buffer) = data else { continue }
            bytes += Array(buffer.readableBytesView)
        }
        return bytes
    }

    func frame(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
}

@Suite struct ServerConnectionTests {
    @Test func `Frames are cut and answers framed, in order`() throws {
        let fixture = try Fixture()
        try fixture.receive(fixture.frame([1]) + fixture.frame([2, 2]) + [0, 0])
        try fixture.receive([0, 1, 3])
        #expect(fixture.service.frames == [[1], [2, 2], [3]])
        fixture.service.answer(2, [30])
        fixture.service.answer(1, [20])
        #expect(try fixture.sent() == [])
        fixture.service.answer(0, [10])
        #expect(try fixture.sent() == [0, 0, 0, 1, 10, 0, 0, 0, 1, 20, 0, 0, 0, 1, 30])
        #expect(fixture.budget.usedBytes == 0)
    }

    @Test(arguments: [[UInt8]([0, 0, 4, 0]), [0xFF, 0xFF, 0xFF, 0xFF]])
    func `A frame that is too large or negative closes the connection`(_ bytes: [UInt8]) throws {
        let fixture = try Fixture(maxFrameBytes: 1000)
        try fixture.receive(bytes)
        #expect(!fixture.channel.isActive)
        #expect(fixture.service.frames.isEmpty)
    }

    @Test func `Requests beyond the limit stay unread until one is answered`() throws {
        let fixture = try Fixture(limits: .init(maxRequests: 2, maxBytes: 100))
        try fixture.receive((1...4).flatMap { fixture.frame([$0]) })
        #expect(fixture.service.frames == [[1], [2]])
        let readsBefore = fixture.reads.count
        fixture.channel.pipeline.read()
        #expect(fixture.reads.count == readsBefore, "the socket must not be read")
        fixture.service.answer(0, [])
        #expect(fixture.service.frames == [[1], [2], [3]])
        #expect(fixture.reads.count == readsBefore)
        fixture.service.answer(1, [])
        fixture.service.answer(2, [])
        fixture.service.answer(3, [])
        #expect(fixture.reads.count == readsBefore + 1, "reading goes on")
    }

    @Test func `Nothing is served while the client does not take its answers`() throws {
        let fixture = try Fixture()
        fixture.channel.isWritable = false
        try fixture.receive(fixture.frame([1]))
        #expect(fixture.service.frames.isEmpty)
        fixture.channel.isWritable = true
        fixture.channel.pipeline.fireChannelWritabilityChanged()
        #expect(fixture.service.frames == [[1]])
    }

    @Test func `A full budget holds the frame back until another connection gives room`() throws {
        let fixture = try Fixture(budgetBytes: 10)
        let isReserved = fixture.budget.reserve(10, on: fixture.channel.eventLoop) {}
        #expect(isReserved)
        try fixture.receive(fixture.frame([1, 2, 3]))
        #expect(fixture.service.frames.isEmpty)
        fixture.budget.release(10)
        fixture.channel.embeddedEventLoop.run()
        #expect(fixture.service.frames == [[1, 2, 3]])
        #expect(fixture.budget.usedBytes == 3)
        fixture.service.answer(0, [])
        #expect(fixture.budget.usedBytes == 0)
    }

    @Test func `A request that is only announced takes no room`() throws {
        let fixture = try Fixture(budgetBytes: 1000, smallRequestBytes: 4)
        try fixture.receive([0, 0, 0, 9, 1, 2, 3])
        #expect(fixture.budget.usedBytes == 0)
        try fixture.receive([4])
        #expect(fixture.budget.usedBytes == 9)
        try fixture.receive([5, 6, 7, 8, 9, 0, 0, 0, 2, 1])
        #expect(fixture.service.frames == [[1, 2, 3, 4, 5, 6, 7, 8, 9]])
        #expect(fixture.budget.usedBytes == 9)
        try fixture.receive([2])
        #expect(fixture.service.frames.last == [1, 2])
        #expect(fixture.budget.usedBytes == 11)
    }

    @Test func `A client that sends no more gets its answers`() throws {
        let fixture = try Fixture(limits: .init(maxRequests: 1, maxBytes: 100))
        try fixture.receive(fixture.frame([1]) + fixture.frame([2]) + [0, 0, 0])
        var reason: ConnectionScope.CancelReason?
        _ = fixture.connection.scope.beginWait { reason = $0 }
        fixture.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(reason == .inputEnded)
        fixture.service.answer(0, [10])
        #expect(fixture.service.frames == [[1], [2]], "what was sent before is served")
        #expect(fixture.channel.isActive)
        fixture.service.answer(1, [20])
        fixture.channel.embeddedEventLoop.run()
        #expect(try fixture.sent() == [0, 0, 0, 1, 10, 0, 0, 0, 1, 20])
        #expect(!fixture.channel.isActive)
        #expect(closed(fixture) == [.client: 1])
    }

    @Test func `A muted connection answers, and serves nothing until the time is over`() throws {
        let fixture = try Fixture()
        try fixture.receive(fixture.frame([1]) + fixture.frame([2]))
        let readsBefore = fixture.reads.count
        fixture.connection.scope.mute(forMs: 1000)
        fixture.connection.scope.mute(forMs: 500)
        try fixture.receive(fixture.frame([3]))
        fixture.channel.pipeline.read()
        fixture.service.answer(0, [10])
        fixture.service.answer(1, [20])
        #expect(try fixture.sent() == [0, 0, 0, 1, 10, 0, 0, 0, 1, 20])
        fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(fixture.service.frames == [[1], [2]])
        #expect(fixture.reads.count == readsBefore, "the socket must not be read")
        fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(fixture.service.frames == [[1], [2], [3]])
        #expect(fixture.reads.count > readsBefore, "reading goes on")
    }

    @Test func `A muted connection can be muted again, and drains at once`() throws {
        let fixture = try Fixture()
        fixture.connection.scope.mute(forMs: 1000)
        fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(600))
        fixture.connection.scope.mute(forMs: 1000)
        try fixture.receive(fixture.frame([1]))
        fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(fixture.service.frames.isEmpty)
        fixture.connection.drain()
        #expect(!fixture.channel.isActive)
    }

    @Test func `A serial connection serves one request after the other`() throws {
        let fixture = try Fixture()
        fixture.connection.scope.isSerial = true
        try fixture.receive(fixture.frame([1]) + fixture.frame([2]) + fixture.frame([3]))
        #expect(fixture.service.frames == [[1]])
        fixture.service.answer(0, [10])
        #expect(fixture.service.frames == [[1], [2]])
        fixture.service.complete(1, .nothing)
        #expect(fixture.service.frames == [[1], [2], [3]])
        fixture.service.answer(2, [30])
        #expect(try fixture.sent() == [0, 0, 0, 1, 10, 0, 0, 0, 1, 30])
    }

    @Test func `A connection that ends gives back what it had reserved`() throws {
        let fixture = try Fixture()
        try fixture.receive(fixture.frame([1]) + [0, 0, 0, 9, 7])
        #expect(fixture.budget.usedBytes == 10)
        _ = try fixture.channel.finish(acceptAlreadyClosed: true)
        #expect(fixture.budget.usedBytes == 0)
        fixture.service.answer(0, [1])
    }

    @Test func `Draining finishes what is under way and takes nothing new`() throws {
        let fixture = try Fixture()
        var reason: ConnectionScope.CancelReason?
        _ = fixture.connection.scope.beginWait { reason = $0 }
        try fixture.receive(fixture.frame([1]))
        fixture.connection.drain()
        #expect(reason == .draining)
        try fixture.receive(fixture.frame([2]))
        #expect(fixture.channel.isActive)
        fixture.service.answer(0, [10])
        #expect(try fixture.sent() == [0, 0, 0, 1, 10])
        #expect(!fixture.channel.isActive)
        #expect(fixture.service.frames == [[1]])
    }

    @Test func `An idle connection drains at once`() throws {
        let fixture = try Fixture()
        fixture.connection.drain()
        #expect(!fixture.channel.isActive)
    }

    @Test func `A closing reply sends the answers before it`() throws {
        let fixture = try Fixture()
        try fixture.receive(fixture.frame([1]) + fixture.frame([2]))
        fixture.service.complete(1, .close(reason: "bad"))
        #expect(fixture.channel.isActive)
        fixture.service.answer(0, [10])
        #expect(try fixture.sent() == [0, 0, 0, 1, 10])
        #expect(!fixture.channel.isActive)
    }

    @Test func `Behind a last answer nothing comes`() throws {
        let fixture = try Fixture()
        try fixture.receive(fixture.frame([1]) + fixture.frame([2]) + fixture.frame([3]))
        fixture.service.complete(
            1, .last(WireWriter(ByteBuffer(bytes: [0, 0, 0, 0, 20])), reason: "bad"))
        fixture.service.answer(2, [30])
        fixture.service.answer(0, [10])
        #expect(try fixture.sent() == [0, 0, 0, 1, 10, 0, 0, 0, 1, 20])
        #expect(!fixture.channel.isActive && fixture.budget.usedBytes == 0)
    }

    @Test func `Who is not known yet sends small requests only`() throws {
        let fixture = try Fixture()
        fixture.connection.scope.maxRequestBytes = 3
        try fixture.receive(fixture.frame([1, 2, 3]))
        #expect(fixture.service.frames == [[1, 2, 3]])
        fixture.connection.scope.maxRequestBytes = nil
        try fixture.receive(fixture.frame([1, 2, 3, 4]))
        #expect(fixture.service.frames.count == 2)
        fixture.connection.scope.maxRequestBytes = 3
        try fixture.receive(fixture.frame([1, 2, 3, 4]))
        #expect(fixture.service.frames.count == 2 && !fixture.channel.isActive)
    }

    // MARK: Counters

    @Test func `Requests and answers are counted by their API`() throws {
        let fixture = try Fixture()
        // Metadata twice, a key that is none, a frame without a whole key.
        try fixture.receive(
            fixture.frame([0, 3, 0]) + fixture.frame([0, 3, 0, 0]) + fixture.frame([0xFF, 0xFF])
                + fixture.frame([1]))
        var writer = WireWriter(ByteBuffer(bytes: [0, 0, 0, 0]))
        writer.writeErrorCode(.none)
        writer.writeErrorCode(.unknownTopicOrPartition)
        fixture.service.complete(0, .message(writer))
        fixture.service.complete(1, .nothing)
        let counters = fixture.counters.counters
        let metadata = try #require(counters.apis[3])
        #expect(metadata.requestCount == 2 && metadata.latency.count == 2)
        #expect(metadata.requestBytes.sum == 7)
        #expect(metadata.responseBytes.count == 1 && metadata.responseBytes.sum == 8)
        #expect(metadata.errors == [.unknownTopicOrPartition: 1])
        let unknown = try #require(counters.apis[ServerCounters.keyMax])
        #expect(unknown.requestCount == 2 && unknown.latency.count == 0)
        #expect(counters.apis.compactMap { $0 }.count == 2)

        var sum = ServerCounters()
        sum.add(counters)
        sum.add(counters)
        #expect(sum.apis[3]?.requestCount == 4 && sum.apis[3]?.errors.values.first == 2)
        #expect(sum.openedCount == 2 * counters.openedCount && sum.openedCount == 2)
    }

    private func closed(_ fixture: Fixture) -> [ServerCounters.CloseReason: Int] {
        fixture.channel.embeddedEventLoop.run()
        let counts = zip(
            ServerCounters.CloseReason.allCases, fixture.counters.counters.closedCounts)
        return Dictionary(uniqueKeysWithValues: counts).filter { $0.value > 0 }
    }

    @Test func `Each end of a connection has its reason`() throws {
        let gone = try Fixture()
        #expect(closed(gone) == [:])
        _ = try gone.channel.finish()
        #expect(closed(gone) == [.client: 1])

        let refused = try Fixture()
        try refused.receive([0xFF, 0xFF, 0xFF, 0xFF])
        #expect(closed(refused) == [.refused: 1])

        let drained = try Fixture()
        drained.connection.drain()
        #expect(closed(drained) == [.shutdown: 1])

        let failed = try Fixture()
        failed.channel.pipeline.fireErrorCaught(ChannelError.inputClosed)
        #expect(closed(failed) == [.error: 1])

        let stalled = try Fixture()
        try stalled.receive([0, 0])
        stalled.channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(closed(stalled) == [.stalled: 1])
    }
}
