import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

/// The small files of a log directory, each from bytes written by hand.
@Suite struct SmallFileInspectionTests {
    static let snapshot =
        Hex.decode(
            "0001 00000000 00000002"
                + " 0000000000000015 0000 0000000e 0000000000000025 00000002 0000018bcfe5b071"
                + " 00000003 0000000000000022"
                + " 0000000000000016 0001 00000001 ffffffffffffffff 00000002 0000018bcfe5b071"
                + " ffffffff ffffffffffffffff") ?? []

    /// With its CRC put right.
    static func withCrc(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let crc = bytes[6...].withUnsafeBytes { Crc32c.checksum($0) }
        for index in 0..<4 { bytes[2 + index] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * index)) }
        return bytes
    }

    static func snapshot(_ bytes: [UInt8], endOffset: Int64? = 100) throws -> Collector {
        var inspection = try ProducerSnapshotInspection(
            path: "s", endOffset: endOffset, on: BytesDisk(files: ["s": bytes]))
        var collector = Collector()
        inspection.run(&collector)
        return collector
    }

    @Test func `A producer snapshot`() throws {
        let found = try SmallFileInspectionTests.snapshot(
            SmallFileInspectionTests.withCrc(SmallFileInspectionTests.snapshot))
        #expect(found.findings.isEmpty && found.producerEntries.count == 2)
        let entry = try #require(found.producerEntries.first)
        #expect(entry.producerID == 21 && entry.producerEpoch == 0 && entry.lastSequence == 14)
        #expect(entry.lastOffset == 37 && entry.offsetDelta == 2 && entry.firstSequence == 12)
        #expect(entry.timestamp == 0x18B_CFE5_B071 && entry.coordinatorEpoch == 3)
        #expect(entry.currentTransactionFirstOffset == 34)
        // Sequences wrap.
        #expect(found.producerEntries[1].firstSequence == Int32.max)
    }

    @Test func `Damage in a snapshot is named with its place`() throws {
        let intact = SmallFileInspectionTests.withCrc(SmallFileInspectionTests.snapshot)
        func problems(_ change: (inout [UInt8]) -> Void, fixesCrc: Bool = false) throws -> [String]
        {
            var bytes = intact
            change(&bytes)
            if fixesCrc { bytes = SmallFileInspectionTests.withCrc(bytes) }
            return try SmallFileInspectionTests.snapshot(bytes).places
        }
        #expect(try problems { $0[20] ^= 4 } == ["crc-mismatch@2"])
        #expect(try problems { $0[1] = 9 } == ["bad-version@0"])
        #expect(try problems { $0.removeAll() } == ["truncated-file@0"])
        #expect(try problems { $0.removeLast(93) } == ["truncated-file@0"])
        #expect(try problems { $0.removeLast(11) } == ["truncated-file@56"])
        #expect(try problems({ $0[6] = 0xFF }, fixesCrc: true) == ["truncated-file@10"])
        #expect(try problems({ $0 += [0, 0] }, fixesCrc: true) == ["trailing-bytes@102"])
        let late = try SmallFileInspectionTests.snapshot(intact, endOffset: 37)
        #expect(late.places == ["entry-offset@10"])
        // What is there is shown, as far as it goes.
        #expect(
            try SmallFileInspectionTests.snapshot(Array(intact.dropLast())).producerEntries.count
                == 1)
    }

    // MARK: Text checkpoints

    static func checkpoint(
        _ text: String, _ kind: CheckpointInspection.Kind
    ) throws -> Collector {
        var inspection = try CheckpointInspection(
            path: "c", kind: kind, on: BytesDisk(files: ["c": Array(text.utf8)]))
        var collector = Collector()
        inspection.run(&collector)
        return collector
    }

    @Test func `Text checkpoints`() throws {
        let epochs = try SmallFileInspectionTests.checkpoint("0\n2\n0 0\n4 80\n", .leaderEpochs)
        #expect(epochs.findings.isEmpty)
        #expect(
            epochs.checkpointRows.map(\.content)
                == [.epoch(0, startOffset: 0), .epoch(4, startOffset: 80)])
        let offsets = try SmallFileInspectionTests.checkpoint(
            "0\n2\na 0 5\r\nb.c 12 9223372036854775807", .offsets)
        #expect(offsets.findings.isEmpty)
        #expect(
            offsets.checkpointRows.map(\.content)
                == [
                    .offset(topic: "a", partition: 0, offset: 5),
                    .offset(topic: "b.c", partition: 12, offset: .max),
                ])
    }

    @Test(arguments: [
        ("", ["truncated-file@0"]), ("0\n", ["truncated-file@2"]), ("1\n0\n", ["bad-version@0"]),
        ("0\nx\n", ["bad-line@2"]), ("0\n-1\n", ["bad-line@2"]),
        ("0\n2\n0 0\n", ["truncated-file@8"]),
        ("0\n1\n0 0\n1 5\n", ["trailing-bytes@8"]), ("0\n2\n0 0\n1\n", ["bad-line@8"]),
        ("0\n2\n3 0\n3 5\n", ["entry-order@8"]), ("0\n2\n3 5\n4 2\n", ["entry-order@8"]),
        ("0\n1\n-1 5\n", ["bad-line@4"]), ("0\n1\n1 99999999999999999999\n", ["bad-line@4"]),
    ])
    func `Damage in an epoch checkpoint`(text: String, places: [String]) throws {
        let found = try SmallFileInspectionTests.checkpoint(text, .leaderEpochs)
        #expect(found.places == places && found.worst == .corruption)
    }

    @Test func `A partition has one row in an offset checkpoint`() throws {
        let found = try SmallFileInspectionTests.checkpoint("0\n2\na 0 5\na 0 6\n", .offsets)
        #expect(found.places == ["entry-order@10"] && found.checkpointRows.count == 2)
    }

    // MARK: Properties

    static func properties(
        _ text: String, _ kind: PropertiesInspection.Kind
    ) throws -> Collector {
        let inspection = try PropertiesInspection(
            path: "p", kind: kind, on: BytesDisk(files: ["p": Array(text.utf8)]))
        var collector = Collector()
        inspection.run(&collector)
        return collector
    }

    @Test func `The metadata of a partition and of a directory`() throws {
        let partition = try SmallFileInspectionTests.properties(
            "version: 0\ntopic_id: dELgdDnDStGZMoCxufcJXQ", .partitionMetadata)
        #expect(partition.findings.isEmpty)
        #expect(partition.properties.map(\.value) == ["0", "dELgdDnDStGZMoCxufcJXQ"])
        let meta = try SmallFileInspectionTests.properties(
            "#\n#Sun\nnode.id=1\nversion=1\ncluster.id=a\\:b\n", .metaProperties)
        #expect(
            meta.findings.isEmpty
                && meta.properties.map(\.name) == ["node.id", "version", "cluster.id"])
        #expect(meta.properties.last?.value == "a:b")
        let old = try SmallFileInspectionTests.properties(
            "version=0\nbroker.id=3\n", .metaProperties)
        #expect(old.findings.isEmpty)
    }

    @Test(arguments: [
        ("", ["truncated-file@0"]), ("version: 0\n", ["truncated-file@11"]),
        ("version: 1\ntopic_id: x", ["bad-version@0"]),
        ("version: 0\ntopic_id: x", ["bad-line@11"]),
        ("nonsense", ["bad-line@0", "truncated-file@8"]),
    ])
    func `Damage in a partition's metadata`(text: String, places: [String]) throws {
        #expect(try SmallFileInspectionTests.properties(text, .partitionMetadata).places == places)
    }

    @Test(arguments: [
        ("version=2\n", ["bad-version@0"]),
        ("version=1\ncluster.id=c\n", ["truncated-file@23"]),
        ("version=1\ncluster.id=\nnode.id=-1\n", ["bad-line@10", "bad-line@22"]),
        ("version=1\ncluster.id=c\nnode.id=1\ndirectory.id=x\n", ["bad-line@33"]),
    ])
    func `Damage in a directory's properties`(text: String, places: [String]) throws {
        #expect(try SmallFileInspectionTests.properties(text, .metaProperties).places == places)
    }

    @Test func `A snapshot's name has an offset and an epoch`() {
        let snapshot = InspectedFileName("00000000000000000061-0000000007.checkpoint")
        #expect(snapshot.baseOffset == 61 && snapshot.snapshotEpoch == 7)
        #expect(InspectedFileName("bootstrap.checkpoint").snapshotEpoch == nil)
    }
}

extension Collector {
    /// Each finding as `kind@position`.
    var places: [String] {
        findings.map { "\($0.kind.rawValue)@\($0.position.map(String.init) ?? "-")" }
    }
}
