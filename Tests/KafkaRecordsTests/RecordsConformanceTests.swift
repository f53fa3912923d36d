import Foundation
import KafkaRecords
import TestSupport
import Testing

/// Log files that a real Kafka wrote, against what Kafka's own consumer read from them.
@Suite struct RecordsConformanceTests {
    @Test func everyLogHoldsWhatKafkaRead() throws {
        for set in try Fixtures.directories() {
            var compared = 0
            for file in Fixtures.files(under: "\(set)/expected", suffix: ".jsonl") {
                // Without aborted transactions is the consumer's business.
                guard !file.contains("read_committed"), let part = logsDirectory(of: file, in: set)
                else { continue }
                let expected = try ExpectedRecord.read(file)
                for (directory, records) in expected.sorted(by: { $0.key < $1.key }) {
                    let stored = try StoredLog.read("\(part)/\(directory)")
                    try compare(records, stored, "\(part)/\(directory)")
                    compared += records.count
                }
            }
            print("\(set): \(compared) records compared")
            #expect(compared > 0, "\(set) holds no records to compare")
        }
    }

    /// The directory that a file of expected records tells of: its own, or the one in front of the
    /// first dot of its name.
    private func logsDirectory(of file: String, in set: String) -> String? {
        let path = file.dropFirst("\(set)/expected/".count)
        let parts = path.split(separator: "/")
        let name = parts.count > 1 ? parts.dropLast().joined(separator: "/") : String(path)
        let directory = parts.count > 1 ? name : String(name.prefix { $0 != "." })
        return Fixtures.isDirectory("\(set)/\(directory)") ? "\(set)/\(directory)" : nil
    }

    private func compare(
        _ expected: [ExpectedRecord], _ stored: [ExpectedRecord], _ path: String
    ) throws {
        let first = try #require(expected.first?.record.offset)
        let last = try #require(expected.last?.record.offset)
        let visible = stored.filter { (first...last).contains($0.record.offset) }
        #expect(visible.count == expected.count, "\(path)")
        for (ours, kafkas) in zip(visible, expected) where ours != kafkas {
            Issue.record("\(path): \(ours) instead of \(kafkas)")
            return
        }
    }

    /// Every batch that Kafka's dump tool printed, also of damaged logs: where it lies, how long it
    /// is, its checksum, and whether that holds.
    @Test func everyBatchIsWhatKafkaDumped() throws {
        for set in try Fixtures.directories() {
            var batches = 0
            for file in Fixtures.files(under: set, suffix: ".log") {
                let dump = "\(set)/expected" + file.dropFirst(set.count) + ".txt"
                guard Fixtures.isFile(dump) else { continue }
                try Fixtures.bytes(file).withUnsafeBytes { bytes in
                    for line in try Fixtures.lines(dump) {
                        guard let batch = DumpedBatch(line) else { continue }
                        try compare(batch, bytes, file)
                        batches += 1
                    }
                }
            }
            print("\(set): \(batches) batches compared")
            #expect(batches > 0, "\(set) holds no batches")
        }
    }

    private func compare(
        _ dumped: DumpedBatch, _ bytes: UnsafeRawBufferPointer, _ file: String
    ) throws {
        let place: Comment = "\(file) at \(dumped.position)"
        let rest = UnsafeRawBufferPointer(rebasing: bytes[dumped.position...])
        guard (0...2).contains(dumped.magic) else {
            // Kafka's tool reads on in formats that are none; we refuse them.
            let refusal = RecordsError.unknownMagic(Int8(dumped.magic))
            #expect(throws: refusal) { try RecordSetCursor.entry(at: dumped.position, in: rest) }
            return
        }
        let entry = try RecordSetCursor.entry(at: dumped.position, in: rest)
        #expect(entry.sizeBytes == dumped.size, place)
        #expect(Int(entry.magic) == dumped.magic, place)
        let batch = UnsafeRawBufferPointer(
            rebasing: bytes[dumped.position..<dumped.position + entry.sizeBytes])
        let crcHolds = (try? BatchSummary.verifyCrc(of: batch)) != nil
        #expect(crcHolds == dumped.isValid, place)
        guard entry.magic == 2 else {
            // A v2 batch whose magic byte was damaged is no message.
            if dumped.isValid { #expect(try LegacyMessage(batch).crc == dumped.crc, place) }
            return
        }
        let header = try RecordBatchHeader(batch)
        #expect(header.crc == dumped.crc, place)
        #expect(header.baseOffset == dumped.fields["baseOffset"], place)
        #expect(header.lastOffset == dumped.fields["lastOffset"], place)
        #expect(Int64(header.recordCount) == dumped.fields["count"], place)
        #expect(header.producerID == dumped.fields["producerId"], place)
        #expect(Int64(header.producerEpoch) == dumped.fields["producerEpoch"], place)
        #expect(Int64(header.baseSequence) == dumped.fields["baseSequence"], place)
        let time = dumped.fields[
            header.attributes.isLogAppendTime ? "LogAppendTime" : "CreateTime"]
        #expect(header.maxTimestamp == time, place)
    }
}

/// A line of `kafka-dump-log` that tells of a batch: names and values by turns.
private struct DumpedBatch {
    var position: Int
    var size: Int
    var magic: Int
    var crc: UInt32
    var isValid: Bool
    var fields: [String: Int64] = [:]

    init?(_ line: Substring) {
        guard !line.hasPrefix("|"), let mark = line.range(of: " isvalid: ") else { return nil }
        isValid = line[mark.upperBound...].hasPrefix("true")
        let words = line.split(separator: " ")
        for (name, value) in zip(words, words.dropFirst()) where name.hasSuffix(":") {
            fields[String(name.dropLast())] = Int64(value)
        }
        guard let position = fields["position"], let size = fields["size"],
            let magic = fields["magic"], let crc = fields["crc"]
        else { return nil }
        self.position = Int(position)
        self.size = Int(size)
        self.magic = Int(magic)
        self.crc = UInt32(crc)
    }
}

private struct ExpectedRecord: Equatable {
    var timestampType: String
    var leaderEpoch: Int64?
    var record: SampleRecord

    /// By the name of the partition's directory.
    static func read(_ file: String) throws -> [String: [ExpectedRecord]] {
        var result: [String: [ExpectedRecord]] = [:]
        for line in try Fixtures.lines(file) {
            let json = try JSON(line)
            // Files of offsets and of recovery have other lines.
            guard let topic = json["topic"]?.text, let partition = json["partition"]?.integer,
                let offset = json["offset"]?.integer, let timestamp = json["timestamp"]?.integer,
                let headers = json["headers"]?.elements
            else { return [:] }
            let record = SampleRecord(
                offset: offset, timestamp: timestamp, key: try bytes(json["key"]),
                value: try bytes(json["value"]),
                headers: try headers.map {
                    .init(
                        name: Array(try #require($0["key"]?.text).utf8),
                        value: try bytes($0["value"]))
                })
            result["\(topic)-\(partition)", default: []].append(
                ExpectedRecord(
                    timestampType: json["timestampType"]?.text ?? "",
                    leaderEpoch: json["leaderEpoch"]?.integer, record: record))
        }
        return result
    }

    private static func bytes(_ json: JSON?) throws -> [UInt8]? {
        guard let text = json?.text else { return nil }
        return Array(try #require(Data(base64Encoded: text)))
    }
}

private enum StoredLog {
    /// The records for consumers in all segments of a partition, up to what a crash left half.
    static func read(_ directory: String) throws -> [ExpectedRecord] {
        var records: [ExpectedRecord] = []
        for file in Fixtures.files(under: directory, suffix: ".log") {
            try Fixtures.bytes(file).withUnsafeBytes { try append(to: &records, from: $0) }
        }
        return records
    }

    private static func append(
        to records: inout [ExpectedRecord], from bytes: UnsafeRawBufferPointer
    ) throws {
        var reader = RecordBatchReader()
        var cursor = RecordSetCursor()
        while let entry = try? cursor.next(in: bytes) {
            let range = entry.position..<entry.position + entry.sizeBytes
            let batch = UnsafeRawBufferPointer(rebasing: bytes[range])
            let summary = try BatchSummary(batch, reader: &reader)
            if entry.magic == 2, summary.attributes.isControl { continue }
            let type =
                entry.magic == 0
                ? "NoTimestampType"
                : summary.attributes.isLogAppendTime ? "LogAppendTime" : "CreateTime"
            let epoch = summary.partitionLeaderEpoch
            try reader.forEachRecord(in: batch) {
                records.append(
                    ExpectedRecord(
                        timestampType: type, leaderEpoch: epoch < 0 ? nil : Int64(epoch),
                        record: SampleRecord($0)))
                return .continue
            }
        }
    }
}
