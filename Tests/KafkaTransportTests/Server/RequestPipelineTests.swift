import KafkaBase
import NIOCore
import Testing

@testable import KafkaTransport

@Suite struct RequestPipelineTests {
    /// A reply that is told apart by its bytes.
    private func message(_ number: UInt8) -> ServerReply {
        .message(WireWriter(ByteBuffer(bytes: [0, 0, 0, 0, number])))
    }

    /// The numbers of the messages that may be sent now.
    private func sendable(_ pipeline: inout RequestPipeline) -> [UInt8] {
        var numbers: [UInt8] = []
        while case .message(let writer) = pipeline.next() {
            numbers.append(writer.buffer.readableBytesView.last!)
        }
        return numbers
    }

    @Test func `Replies leave in the order of the requests`() {
        var pipeline = RequestPipeline()
        let ids = (0..<3).map { _ in pipeline.begin(sizeBytes: 10) }
        _ = pipeline.complete(ids[2], message(2))
        #expect(sendable(&pipeline) == [])
        _ = pipeline.complete(ids[0], message(0))
        #expect(sendable(&pipeline) == [0])
        _ = pipeline.complete(ids[1], message(1))
        #expect(sendable(&pipeline) == [1, 2])
        #expect(pipeline.isEmpty)
    }

    @Test func `A request without a response holds nobody back`() {
        var pipeline = RequestPipeline()
        let first = pipeline.begin(sizeBytes: 1)
        let second = pipeline.begin(sizeBytes: 1)
        _ = pipeline.complete(second, message(2))
        _ = pipeline.complete(first, .nothing)
        #expect(sendable(&pipeline) == [2])
    }

    @Test func `Bytes are free when a request is answered, its place when the reply has left`() {
        var pipeline = RequestPipeline(limits: .init(maxRequests: 2, maxBytes: 100))
        let first = pipeline.begin(sizeBytes: 60)
        #expect(pipeline.admits(sizeBytes: 40))
        #expect(!pipeline.admits(sizeBytes: 41))
        let second = pipeline.begin(sizeBytes: 40)
        #expect(!pipeline.admits(sizeBytes: 0))
        #expect(pipeline.complete(second, message(1)) == 40)
        #expect(pipeline.unansweredBytes == 60)
        #expect(!pipeline.admits(sizeBytes: 0), "two replies would be held")
        #expect(pipeline.complete(first, message(0)) == 60)
        #expect(sendable(&pipeline) == [0, 1])
        #expect(pipeline.admits(sizeBytes: 100))
    }

    @Test func `A request larger than the limit comes in alone`() {
        var pipeline = RequestPipeline(limits: .init(maxRequests: 8, maxBytes: 100))
        #expect(pipeline.admits(sizeBytes: 1000))
        _ = pipeline.begin(sizeBytes: 1000)
        #expect(!pipeline.admits(sizeBytes: 1))
    }

    @Test func `A closing reply leaves behind the earlier ones and ends everything`() {
        var pipeline = RequestPipeline()
        let ids = (0..<3).map { _ in pipeline.begin(sizeBytes: 5) }
        _ = pipeline.complete(ids[1], .close(reason: "because"))
        #expect(pipeline.next() == nil)
        _ = pipeline.complete(ids[0], message(0))
        #expect(sendable(&pipeline) == [0])
        #expect(pipeline.isClosed)
        #expect(!pipeline.admits(sizeBytes: 1))
        #expect(pipeline.complete(ids[2], message(2)) == nil)
        #expect(pipeline.next() == nil)
    }

    @Test func `Closing tells the bytes that were not answered`() {
        var pipeline = RequestPipeline()
        let first = pipeline.begin(sizeBytes: 5)
        _ = pipeline.begin(sizeBytes: 7)
        _ = pipeline.complete(first, message(0))
        #expect(pipeline.close() == 7)
        #expect(pipeline.unansweredBytes == 0)
    }

    @Test func `In any order of completion, replies are in order and the sums come out even`() {
        var generator = SystemRandomNumberGenerator()
        var pipeline = RequestPipeline()
        var sent: [UInt8] = []
        for round in 0..<50 {
            var ids = (0..<5).map { (UInt8(round * 5 + $0), pipeline.begin(sizeBytes: $0 + 1)) }
            ids.shuffle(using: &generator)
            for (number, id) in ids {
                _ = pipeline.complete(id, message(number))
                sent += sendable(&pipeline)
            }
        }
        #expect(sent == (0..<250).map(UInt8.init))
        #expect(pipeline.unansweredBytes == 0 && pipeline.unansweredCount == 0)
    }
}
