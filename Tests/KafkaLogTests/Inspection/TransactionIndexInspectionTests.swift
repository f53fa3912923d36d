import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct TransactionIndexInspectionTests {
    /// Producer, first and last offset of each entry.
    static func index(_ entries: [(Int64, Int64, Int64)]) -> [UInt8] {
        entries.flatMap { producer, first, last in
            var bytes = [UInt8](repeating: 0, count: TransactionIndexEntry.byteCount)
            let entry = TransactionIndexEntry(
                producerID: producer, firstOffset: first, lastOffset: last,
                lastStableOffset: last + 1)
            bytes.withUnsafeMutableBytes { entry.encode(into: $0) }
            return bytes
        }
    }

    static func inspect(
        _ bytes: [UInt8], log: [UInt8]? = nil, baseOffset: Int64 = TestLog.baseOffset
    ) throws -> Collector {
        let disk = BytesDisk(files: ["i": bytes, "l": log ?? []])
        var index = try TransactionIndexInspection(path: "i", baseOffset: baseOffset, on: disk)
        var collector = Collector()
        try index.run(&collector, verifyingWith: log == nil ? nil : "l", on: disk)
        return collector
    }

    /// Three records of producer 7 in a transaction, the marker that ends it, a record of another.
    private func log(marker: Int16 = 0, producer: Int64 = 7) throws -> [UInt8] {
        var log = try TestLog(batchCount: 0)
        try log.append(["a", "b", "c"], firstTimestamp: 1)
        try log.append(["marker"], firstTimestamp: 2)
        try log.append(["z"], firstTimestamp: 3)
        // Transactional; the second batch is a control batch, too.
        log.patch(batch: 0, at: 21, Int16(0x10))
        log.patch(batch: 0, at: 43, Int64(7))
        log.patch(batch: 1, at: 21, Int16(0x30))
        log.patch(batch: 1, at: 43, producer)
        let control = try TransactionIndexInspectionTests.control(marker)
        let end = log.positions[2]
        log.bytes.replaceSubrange(log.positions[1] + 61..<end, with: control)
        let shift = log.positions[1] + 61 + control.count - end
        log.positions[2] += shift
        let length = log.positions[2] - log.positions[1] - 12
        for (index, byte) in withUnsafeBytes(of: Int32(length).bigEndian, Array.init).enumerated() {
            log.bytes[log.positions[1] + 8 + index] = byte
        }
        log.patch(batch: 1, at: 57, Int32(1))
        return log.bytes
    }

    /// A record whose key says what the marker is: i16 version, i16 type.
    private static func control(_ type: Int16) throws -> [UInt8] {
        let body =
            try #require(Hex.decode("00 00 00 08 0000")) + [0, UInt8(type)]
            + (try #require(Hex.decode("0c 0000 00000005 00")))
        return [UInt8(body.count * 2)] + body
    }

    @Test func `Entries and what is wrong with them by themselves`() throws {
        let intact = TransactionIndexInspectionTests.index([(7, 90, 103), (8, 104, 110)])
        let found = try TransactionIndexInspectionTests.inspect(intact)
        #expect(found.findings.isEmpty)
        #expect(found.transactionEntries.map(\.producerID) == [7, 8])
        #expect(found.transactionEntries.map(\.lastOffset) == [103, 110])
        #expect(found.transactionEntries.map(\.lastStableOffset) == [104, 111])
        func places(_ bytes: [UInt8]) throws -> [String] {
            try TransactionIndexInspectionTests.inspect(bytes).places
        }
        #expect(try places([]) == [])
        #expect(try places(Array(intact.dropLast(10))) == ["partial-entry@34"])
        var version = intact
        version[1] = 1
        #expect(try places(version) == ["bad-version@0"])
        let index = TransactionIndexInspectionTests.index
        #expect(try places(index([(7, 90, 99)])) == ["entry-offset@0"])
        #expect(try places(index([(7, 104, 103)])) == ["entry-offset@0"])
        #expect(try places(index([(7, -1, 103)])) == ["entry-offset@0"])
        #expect(try places(index([(7, 100, 103), (8, 100, 103)])) == ["entry-order@34"])
    }

    @Test func `Entries against the markers of the log`() throws {
        let log = try log()
        let index = TransactionIndexInspectionTests.index
        func places(_ entries: [(Int64, Int64, Int64)], _ log: [UInt8]) throws -> [String] {
            try TransactionIndexInspectionTests.inspect(index(entries), log: log).places
        }
        #expect(try places([(7, 100, 103)], log) == [])
        // It may have begun in a segment before.
        #expect(try places([(7, 3, 103)], log) == [])
        #expect(try places([(7, 102, 103)], log) == ["entry-transaction@0"])
        #expect(try places([(8, 100, 103)], log) == ["entry-transaction@0"])
        #expect(try places([(7, 100, 200)], log) == ["entry-transaction@0", "missing-entry@34"])
        #expect(try places([], log) == ["missing-entry@0"])
        // Committed, or a marker without records here: nothing is to be in the index.
        #expect(try places([], self.log(marker: 1)) == [])
        #expect(try places([], self.log(producer: 9)) == [])
        let gone = try TransactionIndexInspectionTests.inspect(index([(7, 100, 102)]), log: log)
        #expect(gone.findings.first?.severity == .note)
    }

    @Test func `Damaged indexes over damaged logs`() throws {
        let log = try log()
        let intact = TransactionIndexInspectionTests.index([(7, 90, 103), (8, 104, 110)])
        try Seeds.run(400) { _, random in
            var (index, log) = (intact, log)
            InspectionFuzzTests.damage(&index, &random)
            if Bool.random(using: &random) { InspectionFuzzTests.damage(&log, &random) }
            let found = try TransactionIndexInspectionTests.inspect(index, log: log)
            #expect(found.transactionEntries.count == index.count / 34)
            #expect(found.findings.allSatisfy { $0.position ?? 0 <= index.count })
        }
    }
}

/// Whatever stands in a small file, its inspection ends, and points into the file.
@Suite struct SmallFileFuzzTests {
    @Test func `Damaged snapshots`() throws {
        let intact = SmallFileInspectionTests.withCrc(SmallFileInspectionTests.snapshot)
        try Seeds.run(500) { _, random in
            var bytes = intact
            InspectionFuzzTests.damage(&bytes, &random)
            let found = try SmallFileInspectionTests.snapshot(bytes)
            #expect(found.producerEntries.count * 46 <= bytes.count)
            #expect(found.findings.allSatisfy { $0.position ?? -1 <= bytes.count })
            #expect(!found.findings.isEmpty || found.producerEntries.count == 2 || bytes == intact)
        }
    }

    @Test func `Damaged text`() throws {
        let texts = [
            "0\n2\n0 0\n4 80\n", "0\n2\na 0 5\nb 1 7\n",
            "version: 0\ntopic_id: dELgdDnDStGZMoCxufcJXQ",
            "#\nversion=1\ncluster.id=c\nnode.id=1\ndirectory.id=RAiVMVJXpPGTjCMulaYJfA\n",
        ]
        try Seeds.run(500) { _, random in
            var bytes = Array((texts.randomElement(using: &random) ?? "").utf8)
            InspectionFuzzTests.damage(&bytes, &random)
            let text = String(decoding: bytes, as: UTF8.self)
            let all = [
                try SmallFileInspectionTests.checkpoint(text, .leaderEpochs),
                try SmallFileInspectionTests.checkpoint(text, .offsets),
                try SmallFileInspectionTests.properties(text, .partitionMetadata),
                try SmallFileInspectionTests.properties(text, .metaProperties),
            ]
            for found in all {
                #expect(found.findings.allSatisfy { $0.position ?? -1 <= text.utf8.count })
            }
            // No text is all of them.
            #expect(all.contains { !$0.findings.isEmpty })
        }
    }
}
