import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct LogInspectionTests {
    @Test func `An intact log gives its batches and records and no findings`() throws {
        for codec in CompressionCodec.allCases {
            let log = try TestLog(
                batchCount: 4, compression: Compression(codec.description) ?? .none)
            let (found, totals) = try log.inspect()
            #expect(found.findings == [])
            #expect(found.batches.map(\.position) == log.positions)
            #expect(found.batches.map(\.baseOffset) == [100, 101, 103, 106])
            #expect(found.batches.map(\.lastOffset) == [100, 102, 105, 109])
            #expect(found.batches.allSatisfy { $0.isValid && $0.attributes.codec == codec })
            #expect(found.records.map(\.offset) == Array(100...109))
            #expect(found.records[2].value == Array("value 1 1".utf8))
            #expect(totals.contents.batchCount == 4 && totals.contents.recordCount == 10)
            #expect(totals.contents.firstOffset == 100 && totals.contents.lastOffset == 109)
            #expect(totals.endPosition == log.bytes.count && !totals.endsBroken)
        }
    }

    @Test func `An empty file is no finding`() throws {
        let (found, totals) = try TestLog.inspect([])
        #expect(found.findings == [] && totals.contents.batchCount == 0)
    }

    @Test func `A wrong CRC is named with both sums, and reading goes on by length`() throws {
        var log = try TestLog(batchCount: 3)
        let before = try log.inspect().found.batches[1]
        log.bytes[log.positions[1] + 18] ^= 0x80
        let (found, _) = try log.inspect()
        #expect(found.kinds == [.crcMismatch])
        #expect(found.findings[0].position == log.positions[1])
        #expect(found.findings[0].stored == Int64(before.storedCrc ^ 0x0080_0000))
        #expect(found.findings[0].expected == Int64(before.storedCrc))
        #expect(found.findings[0].severity == .corruption)
        #expect(found.records.count == 6)
    }

    @Test(arguments: [Int32(-1), 0, 13, 48])
    func `A length that no batch has ends the reading`(length: Int32) throws {
        var log = try TestLog(batchCount: 4)
        log.patch(batch: 2, at: 8, length, fixesCrc: false)
        let (found, totals) = try log.inspect()
        #expect(found.kinds == [.badLength])
        #expect(found.findings[0].position == log.positions[2])
        #expect(found.findings[0].stored == Int64(length))
        #expect(found.batches.count == 2 && totals.endsBroken)
        #expect(totals.endPosition == log.positions[2])
    }

    @Test(arguments: [Int8(3), -1, 127])
    func `A magic of no format ends the reading`(magic: Int8) throws {
        var log = try TestLog(batchCount: 4)
        log.patch(batch: 2, at: 16, magic, fixesCrc: false)
        let (found, _) = try log.inspect()
        #expect(found.kinds == [.badMagic])
        #expect(found.findings[0].stored == Int64(magic) && found.batches.count == 2)
    }

    @Test func `A newer magic is read as v2 when asked to, as Kafka's dump does`() throws {
        var log = try TestLog(batchCount: 3)
        log.patch(batch: 1, at: 16, Int8(3), fixesCrc: false)
        let (found, _) = try log.inspect { $0.readsNewerMagic = true }
        #expect(found.batches.map(\.magic) == [2, 3, 2])
        #expect(found.records.count == 6 && found.findings == [])
    }

    @Test(arguments: [Int32(4096), .max])
    func `A length past the end is wrong where batches follow`(length: Int32) throws {
        var log = try TestLog(batchCount: 4)
        log.patch(batch: 1, at: 8, length, fixesCrc: false)
        let (found, _) = try log.inspect()
        #expect(found.kinds == [.badLength])
        #expect(found.worst == .corruption && found.batches.count == 1)
    }

    @Test func `A file that ends inside a batch was torn, which only the newest may be`() throws {
        let log = try TestLog(batchCount: 3)
        for cut in log.positions[2] + 1..<log.bytes.count {
            let torn = Array(log.bytes[..<cut])
            let (found, totals) = try TestLog.inspect(torn)
            #expect(found.kinds == [.truncatedTail], "cut at \(cut)")
            #expect(found.worst == .warning && found.findings[0].position == log.positions[2])
            #expect(totals.endsCutOff && found.batches.count == 2)
            let older = try TestLog.inspect(torn) { $0.isNewestSegment = false }
            #expect(older.found.worst == .corruption)
        }
    }

    @Test func `Zeros up to the end are preallocated room`() throws {
        let log = try TestLog(batchCount: 2)
        for count in [12, 17, 61, 4096, 3 << 20] {
            let (found, totals) = try TestLog.inspect(
                log.bytes + [UInt8](repeating: 0, count: count))
            #expect(found.kinds == [.zeroTail] && found.worst == .note)
            #expect(found.findings[0].position == log.bytes.count && !totals.endsBroken)
        }
        let (found, _) = try TestLog.inspect(
            log.bytes + [UInt8](repeating: 0, count: 4096) + [1])
        #expect(found.kinds == [.badLength])
    }

    @Test func `Offsets that go back are damage, gaps are normal`() throws {
        var log = try TestLog(batchCount: 3)
        log.patch(batch: 1, at: 0, Int64(100), fixesCrc: false)
        let back = try log.inspect().found
        #expect(back.kinds == [.offsetRegression, .offsetGap])
        #expect(back.findings[0].stored == 100 && back.findings[0].expected == 101)
        log.patch(batch: 1, at: 0, Int64(101), fixesCrc: false)
        log.patch(batch: 2, at: 0, Int64(500), fixesCrc: false)
        let gap = try log.inspect().found
        #expect(gap.kinds == [.offsetGap] && gap.worst == .note)
        log.patch(batch: 0, at: 0, Int64(99), fixesCrc: false)
        #expect(try log.inspect().found.kinds.first == .offsetRegression)
    }

    @Test func `Headers and records that contradict each other are named`() throws {
        func kinds(_ damage: (inout TestLog) -> Void) throws -> [Finding.Kind] {
            var log = try TestLog(batchCount: 3)
            damage(&log)
            let found = try log.inspect().found
            #expect(found.findings.first?.position == log.positions[1])
            #expect(found.worst == .corruption)
            return found.kinds
        }
        #expect(try kinds { $0.patch(batch: 1, at: 57, Int32(-1)) } == [.badHeader])
        #expect(try kinds { $0.patch(batch: 1, at: 57, Int32(1)) } == [.badRecord])
        #expect(try kinds { $0.patch(batch: 1, at: 57, Int32(3)) } == [.badRecord])
        #expect(try kinds { $0.patch(batch: 1, at: 61, UInt8(0x7F)) } == [.badRecord])
        #expect(try kinds { $0.patch(batch: 1, at: 21, Int16(5)) } == [.unknownCodec])
        #expect(try kinds { $0.patch(batch: 1, at: 21, Int16(1)) } == [.decompressionFailed])
        #expect(try kinds { $0.patch(batch: 1, at: 35, Int64(1)) } == [.wrongMaxTimestamp])
        #expect(try kinds { $0.patch(batch: 1, at: 23, Int32(0)) }.first == .badRecord)
        #expect(try kinds { $0.patch(batch: 1, at: 23, Int32(-7)) }.first == .badHeader)
    }

    @Test func `Records that decompress to too much are not read`() throws {
        var log = try TestLog(batchCount: 0)
        try log.append(
            [String(repeating: "a", count: 1 << 20)], firstTimestamp: 0,
            compression: Compression("zstd") ?? .none)
        let (found, _) = try log.inspect { $0.maxDecompressedBytes = 1 << 16 }
        #expect(found.kinds == [.decompressedTooLarge] && found.records == [])
    }

    @Test func `A batch above the limit is passed over by its length`() throws {
        var log = try TestLog(batchCount: 1)
        try log.append([String(repeating: "a", count: 5000)], firstTimestamp: 0)
        try log.append(["last"], firstTimestamp: 0)
        let (found, _) = try log.inspect { $0.maxBatchBytes = 1000 }
        #expect(found.kinds == [.batchTooLarge])
        #expect(found.records.map(\.offset) == [100, 102])
    }

    @Test func `Resynchronizing goes on at the next intact batch`() throws {
        var log = try TestLog(batchCount: 6)
        log.patch(batch: 2, at: 8, Int32(-1), fixesCrc: false)
        let (found, _) = try log.inspect { $0.resynchronizes = true }
        #expect(found.kinds == [.badLength, .resynchronized, .offsetGap])
        #expect(found.batches.map(\.position) == [0, 1, 3, 4, 5].map { log.positions[$0] })
        log.patch(batch: 2, at: 8, Int32.max, fixesCrc: false)
        let past = try log.inspect { $0.resynchronizes = true }.found
        #expect(past.batches.map(\.position) == [0, 1, 3, 4, 5].map { log.positions[$0] })
    }

    @Test func `A wrong length that only shows at the next batch is resynchronized too`() throws {
        var log = try TestLog(batchCount: 5)
        let length = Int32(log.positions[2] - log.positions[1] - 12)
        log.patch(batch: 1, at: 8, length + 1, fixesCrc: false)
        let (found, _) = try log.inspect { $0.resynchronizes = true }
        #expect(found.kinds.contains(.crcMismatch) && found.kinds.contains(.resynchronized))
        #expect(found.batches.map(\.position) == log.positions)
    }

    @Test func `Garbage of many forms in front of a batch is skipped`() throws {
        let log = try TestLog(batchCount: 2)
        try Seeds.run(50) { seed, random in
            let count = Int.random(in: 1...200_000, using: &random)
            let garbage = (0..<count).map { _ in UInt8.random(in: 0...3, using: &random) }
            let bytes = log.bytes[..<log.positions[1]] + garbage + log.bytes[log.positions[1]...]
            let (found, _) = try TestLog.inspect(Array(bytes)) { $0.resynchronizes = true }
            #expect(
                found.batches.map(\.position).last == log.positions[1] + count, "seed \(seed)")
        }
    }

    @Test func `A range of offsets shows the batches with any of them, and their records`() throws {
        let log = try TestLog(batchCount: 4)
        let (found, _) = try log.inspect {
            $0.fromOffset = 102
            $0.toOffset = 104
        }
        #expect(found.batches.map(\.baseOffset) == [101, 103])
        #expect(found.records.map(\.offset) == [102, 103, 104])
        #expect(found.findings == [])
    }

    @Test func `A limit on the bytes ends before the batch that crosses it`() throws {
        let log = try TestLog(batchCount: 4)
        let (found, _) = try log.inspect { $0.maxBytes = log.positions[2] + 20 }
        #expect(found.batches.count == 2 && found.findings == [])
    }

    @Test func `A visitor that has enough ends the reading`() throws {
        let (found, totals) = try TestLog(batchCount: 4).inspect(limit: 2)
        #expect(found.batches.count == 2 && totals.wasStopped)
    }

    @Test func `Batches larger than the window are read whole`() throws {
        var log = try TestLog(batchCount: 1)
        try log.append([String(repeating: "b", count: 5 << 20)], firstTimestamp: 0)
        try log.append(["last"], firstTimestamp: 0)
        let (found, _) = try log.inspect()
        #expect(found.findings == [] && found.records.count == 3)
        #expect(found.records[1].value?.count == 5 << 20)
    }
}
