import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

/// A truncation, or a flipped bit, at every byte of the last batches of a log.
@Suite("Damage at every byte of a log's end")
struct TailDamageTests {
    private static let batchCount = 6
    /// At the end, that are damaged.
    private static let damagedCount = 3

    private struct Sample {
        var bytes: [UInt8]
        /// Where each batch begins, and the end.
        var positions: [Int]
        var values: [[String]]
    }

    private func sample(_ path: String) throws -> Sample {
        let log = try loadLog(path)
        var sample = Sample(bytes: [], positions: [0], values: [])
        for number in 0..<Self.batchCount {
            let values = (0...number % 3).map { "\(number).\($0)" }
            let compression = number % 2 == 0 ? Compression.none : Compression("lz4") ?? .none
            let sequence = sample.values.joined().count
            try log.append(
                TestBatch(
                    values, compression: compression,
                    producer: .init(id: 9, epoch: 0, baseSequence: Int32(sequence))))
            sample.values.append(values)
            sample.positions.append(log.sizeBytes)
        }
        try log.flush()
        sample.bytes = try Fixtures.bytes(path + "/00000000000000000000.log")
        return sample
    }

    /// Loads the damaged bytes; the batches before the damage must be there, and of those behind
    /// none that is not the original.
    ///
    /// - Parameter offsetsMayJump: the damage lies in a base offset, which no checksum covers: one
    ///   that jumps ahead looks like a compacted log's.
    private func check(
        _ sample: Sample, _ bytes: [UInt8], intact: Int, offsetsMayJump: Bool = false,
        _ what: String
    ) throws {
        let disk = SimulatedDisk(seed: 1)
        try disk.createDirectory("/t-0")
        try disk.open("/t-0/00000000000000000000.log", .create).write(bytes, at: 0)
        let log = try loadLog("/t-0", disk: disk)
        let found = try log.records()
        let values = Array(sample.values.joined())
        #expect(found.count >= sample.values[..<intact].joined().count, "\(what)")
        #expect(values.starts(with: found.map(\.value)), "\(what)")
        if offsetsMayJump {
            #expect(zip(found, found.dropFirst()).allSatisfy { $0.offset < $1.offset }, "\(what)")
        } else {
            #expect(found.map(\.offset) == (0..<Int64(found.count)).map { $0 }, "\(what)")
            #expect(log.logEndOffset == Int64(found.count), "\(what)")
        }
        #expect(sample.positions.contains(log.sizeBytes), "\(what)")
        // The producer goes on where the log ends now.
        let end = log.logEndOffset
        let next = try TestBatch(
            ["next"], producer: .init(id: 9, epoch: 0, baseSequence: Int32(found.count)))
        #expect(try log.append(next).firstOffset == end, "\(what)")
        try log.flush()
        let again = try loadLog("/t-0", disk: disk)
        #expect(try again.records().map(\.value) == found.map(\.value) + ["next"], "\(what)")
    }

    private func intactBatches(_ sample: Sample, before byte: Int) -> Int {
        sample.positions.dropFirst().count { $0 <= byte }
    }

    @Test func truncation() throws {
        let scratch = try TemporaryDirectory()
        let sample = try sample(scratch.path + "/t-0")
        for byte in sample.positions[Self.batchCount - Self.damagedCount]..<sample.bytes.count {
            let intact = intactBatches(sample, before: byte)
            try check(sample, Array(sample.bytes[..<byte]), intact: intact, "cut at \(byte)")
        }
    }

    @Test func flippedBit() throws {
        let scratch = try TemporaryDirectory()
        let sample = try sample(scratch.path + "/t-0")
        for byte in sample.positions[Self.batchCount - Self.damagedCount]..<sample.bytes.count {
            let intact = intactBatches(sample, before: byte)
            for bit in [0, 3, 7] {
                var bytes = sample.bytes
                bytes[byte] ^= 1 << UInt8(bit)
                let position = sample.positions.last { $0 <= byte } ?? 0
                try check(
                    sample, bytes, intact: intact, offsetsMayJump: byte - position < 8,
                    "byte \(byte) bit \(bit)")
            }
        }
    }
}
