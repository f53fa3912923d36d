import KafkaRecords
import Testing

@testable import KafkaLog

/// Batches that are read in pieces.
@Suite struct LargeBatchTests {
    private static let valueBytes = 100_000

    /// One small batch, one of 6 MiB, one small one.
    private func log(_ compression: Compression = .none) throws -> TestLog {
        var log = try TestLog(batchCount: 1)
        let value = String(repeating: "v", count: LargeBatchTests.valueBytes)
        let count = LogInspection.pieceBytes / LargeBatchTests.valueBytes * 3 / 2
        try log.append(
            (0..<count).map { "\($0) \(value)" }, firstTimestamp: 50, compression: compression)
        try log.append(["behind"], firstTimestamp: 5000)
        return log
    }

    @Test func `Nothing is different about their records`() throws {
        let log = try log()
        let (found, totals) = try log.inspect()
        #expect(found.findings == [])
        #expect(found.batches.map(\.position) == log.positions)
        #expect(found.batches.allSatisfy { $0.isValid })
        #expect(found.records.map(\.offset) == Array(100..<log.nextOffset))
        #expect(found.records[3].value?.prefix(3) == Array("2 v".utf8)[...])
        #expect(found.records.last?.value == Array("behind".utf8))
        #expect(totals.contents.recordCount == Int(log.nextOffset - 100))
        #expect(totals.contents.uncompressedBytes == log.bytes.count)
        let packed = try self.log(try #require(Compression("lz4"))).inspect()
        #expect(packed.found.records == found.records)
        #expect(packed.totals.contents.uncompressedBytes == log.bytes.count)
    }

    @Test func `A wrong CRC is found, and the records still shown`() throws {
        var log = try log()
        log.bytes[log.positions[1] + LogInspection.pieceBytes] ^= 1
        let (found, _) = try log.inspect()
        #expect(found.kinds == [.crcMismatch])
        #expect(found.findings[0].position == log.positions[1])
        #expect(found.records.count == Int(log.nextOffset - 100))
    }

    /// Sets the length of a record in the middle of the large batch, then its CRC.
    @Test(arguments: [[0x01], [0xFE, 0xFF, 0x7F], [0xFE, 0xFF, 0xFF, 0xFF, 0x0F]] as [[UInt8]])
    func `A record whose length is wrong ends the batch, not the log`(length: [UInt8]) throws {
        var log = try log()
        let start = log.positions[1]
        let value = try #require(position(of: "40 v", in: log.bytes))
        // Length (3 bytes), attributes, timestamp (2), offset, null key, length of the value (3).
        let record = value - 11
        log.bytes.replaceSubrange(record..<record + length.count, with: length)
        let crc = log.bytes[start..<log.positions[2]].withUnsafeBytes {
            RecordBatchHeader.computeCrc(of: $0)
        }
        log.patch(batch: 1, at: 17, crc, fixesCrc: false)
        let (found, _) = try log.inspect()
        #expect(found.kinds == [.badRecord])
        #expect(found.findings.first?.position == start)
        #expect(found.records.count > 30 && found.records.last?.value == Array("behind".utf8))
    }

    @Test func `They are found behind damage`() throws {
        var log = try log()
        log.bytes[8] = 0xFF
        let (found, _) = try log.inspect { $0.resynchronizes = true }
        #expect(found.kinds == [.badLength, .resynchronized])
        #expect(found.batches.map(\.position) == Array(log.positions[1...]))
    }

    @Test func `Stopping ends in the middle of them`() throws {
        let (found, totals) = try log().inspect(limit: 2)
        #expect(totals.wasStopped && found.batches.count == 2 && found.records.count == 1)
    }

    private func position(of text: String, in bytes: [UInt8]) -> Int? {
        let text = Array(text.utf8)
        return bytes.withUnsafeBytes { bytes -> Int? in
            var position = 0
            while position + text.count <= bytes.count {
                if bytes[position] == text[0],
                    bytes[position..<position + text.count].elementsEqual(text)
                {
                    return position
                }
                position += 1
            }
            return nil
        }
    }
}
