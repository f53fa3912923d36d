import KafkaBase
import KafkaRecords
import NIOCore
import Testing

@testable import KafkaBroker

@Suite struct ProduceRulesTests {
    private let now: Int64 = 1_700_000_000_000

    private func settings(_ overrides: [String: String] = [:]) throws -> TopicSettings {
        TopicSettings(
            overrides: try TopicSettings.validate(overrides), broker: try BrokerSettings())
    }

    /// The error's code, or nil where the batch is taken.
    private func code(
        _ bytes: ByteBuffer?, version: Int16 = 9, _ overrides: [String: String] = [:]
    ) throws -> ErrorCode? {
        do {
            _ = try ProduceRules.check(
                bytes, version: version, settings: try settings(overrides), nowMs: now)
            return nil
        } catch let failure as ProduceFailure {
            return failure.code
        }
    }

    @Test(arguments: CompressionCodec.allCases)
    func `A batch of any codec is taken as it is`(_ codec: CompressionCodec) throws {
        let bytes = TestBatch.bytes(
            [.init(key: "k", value: "v"), .init(value: nil)],
            compression: Compression(codec: codec) ?? .none)
        let batch = try ProduceRules.check(
            bytes, version: 9, settings: settings(), nowMs: now)
        #expect(batch.bytes == bytes)
        #expect(batch.header.recordCount == 2)
        #expect(batch.header.attributes.codec == codec)
    }

    @Test func `Nothing, or nothing whole, is no batch`() throws {
        #expect(try code(nil) == .invalidRecord)
        #expect(try code(ByteBuffer()) == .invalidRecord)
        let batch = TestBatch.bytes("v")
        #expect(try code(batch.getSlice(at: 0, length: 40)) == .corruptMessage)
        #expect(try code(batch.getSlice(at: 0, length: batch.readableBytes - 1)) == .corruptMessage)
    }

    @Test func `Two batches are one too many`() throws {
        var both = TestBatch.bytes("a")
        both.writeImmutableBuffer(TestBatch.bytes("b"))
        #expect(try code(both) == .invalidRecord)
    }

    @Test(arguments: [UInt8(0), 1, 3, 0xFF])
    func `Other formats are refused`(_ magic: UInt8) throws {
        let batch = TestBatch.patch(TestBatch.bytes("v"), at: 16, [magic], fixCrc: false)
        #expect(try code(batch) == .invalidRecord)
    }

    @Test func `A flipped bit is found by the CRC`() throws {
        let batch = TestBatch.bytes("hello")
        for offset in [21, 30, 60, batch.readableBytes - 1] {
            let old = batch.getInteger(at: offset, as: UInt8.self)!
            let damaged = TestBatch.patch(batch, at: offset, [old ^ 1], fixCrc: false)
            #expect(try code(damaged) == .corruptMessage, "byte \(offset)")
        }
    }

    @Test func `Fields that make no sense are refused although the CRC fits`() throws {
        let batch = TestBatch.bytes("a", "b")
        #expect(try code(TestBatch.patch(batch, at: 57, [0, 0, 0, 3])) == .invalidRecord)
        #expect(try code(TestBatch.patch(batch, at: 57, [0, 0, 0, 0])) == .invalidRecord)
        #expect(try code(TestBatch.patch(batch, at: 57, [0x80, 0, 0, 0])) == .invalidRecord)
        #expect(try code(TestBatch.patch(batch, at: 23, [0, 0, 0, 9])) == .invalidRecord)
        #expect(try code(TestBatch.patch(batch, at: 21, [0, 0x20])) == .invalidRecord, "control")
        #expect(
            try code(TestBatch.patch(batch, at: 21, [0, 0x10])) == .invalidRecord,
            "of a transaction, but of no producer")
        #expect(try code(TestBatch.patch(batch, at: 21, [0, 0x08])) == .invalidTimestamp)
        #expect(try code(TestBatch.patch(batch, at: 21, [0, 7])) == .unsupportedCompressionType)
        #expect(
            try code(TestBatch.patch(batch, at: 8, [0x7F, 0xFF, 0xFF, 0xFF], fixCrc: false))
                == .corruptMessage)
    }

    @Test func `A producer id needs an epoch and a sequence`() throws {
        let good = TestBatch.bytes(
            [.init(value: "v")], producer: .init(id: 7, epoch: 0, baseSequence: 0))
        #expect(try code(good) == nil)
        let bad = TestBatch.bytes(
            [.init(value: "v")], producer: .init(id: 7, epoch: 0, baseSequence: -1))
        #expect(try code(bad) == .invalidRecord)
    }

    @Test func `Zstd needs version 7`() throws {
        let batch = TestBatch.bytes(
            [.init(value: String(repeating: "x", count: 500))],
            compression: .zstd)
        #expect(try code(batch, version: 6) == .unsupportedCompressionType)
        #expect(try code(batch, version: 7) == nil)
    }

    @Test func `Sizes count in compressed bytes`() throws {
        let batch = TestBatch.bytes("0123456789")
        let size = batch.readableBytes
        #expect(try code(batch, ["max.message.bytes": "\(size)"]) == nil)
        #expect(try code(batch, ["max.message.bytes": "\(size - 1)"]) == .messageTooLarge)
        #expect(try code(batch, ["segment.bytes": "\(size - 1)"]) == .recordListTooLarge)
    }

    @Test func `Records far in the future are refused, but not where the broker stamps them`()
        throws
    {
        let late = TestBatch.bytes([.init(value: "v", timestamp: now + 3_600_001)])
        #expect(try code(late) == .invalidTimestamp)
        #expect(try code(late, ["message.timestamp.after.max.ms": "3600001"]) == nil)
        #expect(try code(late, ["message.timestamp.type": "LogAppendTime"]) == nil)
    }

    @Test func `Records far in the past are refused where a bound is set, and named`() throws {
        let batch = TestBatch.bytes([
            .init(value: "a", timestamp: now), .init(value: "b", timestamp: now - 1001),
            .init(value: "c", timestamp: now - 1000),
        ])
        #expect(try code(batch) == nil)
        let failure = #expect(throws: ProduceFailure.self) {
            try ProduceRules.check(
                batch, version: 9,
                settings: try settings(["message.timestamp.before.max.ms": "1000"]), nowMs: now)
        }
        #expect(failure?.code == .invalidTimestamp)
        #expect(failure?.recordIndexes == [1])
    }

    @Test(arguments: [CompressionCodec.none, .lz4])
    func `A compacted topic needs keys; an empty one is a key`(_ codec: CompressionCodec) throws {
        let compression = Compression(codec: codec) ?? .none
        let compacted = ["cleanup.policy": "compact"]
        let keyed = TestBatch.bytes(
            [.init(key: "k", value: "v"), .init(key: "", value: nil)], compression: compression)
        #expect(try code(keyed, compacted) == nil)
        let keyless = TestBatch.bytes(
            [.init(key: "k", value: "v"), .init(value: "w")], compression: compression)
        #expect(try code(keyless) == nil)
        let failure = #expect(throws: ProduceFailure.self) {
            try ProduceRules.check(
                keyless, version: 9, settings: try settings(compacted), nowMs: now)
        }
        #expect(failure?.code == .invalidRecord)
        #expect(failure?.recordIndexes == [1])
    }
}
