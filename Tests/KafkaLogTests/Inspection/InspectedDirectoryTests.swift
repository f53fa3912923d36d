import Testing

@testable import KafkaLog

@Suite struct InspectedDirectoryTests {
    @Test(
        arguments: [
            ("00000000000000000048.log", InspectedFileName.Kind.log, 48, nil),
            ("00000000000000000048.index", .index, 48, nil),
            ("00000000000000000048.timeindex", .timeindex, 48, nil),
            ("00000000000000000048.txnindex", .txnindex, 48, nil),
            ("00000000000000000048.snapshot", .snapshot, 48, nil),
            ("00000000000000000048.log.deleted", .log, 48, "deleted"),
            ("00000000000000000048.index.swap", .index, 48, "swap"),
            ("00000000000000000048.timeindex.cleaned", .timeindex, 48, "cleaned"),
            ("00000000000000000105-0000000003.checkpoint", .checkpoint, 105, nil),
            ("bootstrap.checkpoint", .checkpoint, nil, nil),
            ("00000000000000000026.txnindex.cleaned", .txnindex, 26, "cleaned"),
            ("leader-epoch-checkpoint", .epochCheckpoint, nil, nil),
            ("recovery-point-offset-checkpoint", .offsetCheckpoint, nil, nil),
            ("log-start-offset-checkpoint", .offsetCheckpoint, nil, nil),
            ("replication-offset-checkpoint", .offsetCheckpoint, nil, nil),
            ("cleaner-offset-checkpoint", .offsetCheckpoint, nil, nil),
            ("other-checkpoint", .other, nil, nil),
            ("partition.metadata", .metadata, nil, nil),
            ("meta.properties", .metaProperties, nil, nil),
            ("quorum-state", .quorumState, nil, nil),
            (".kafka_cleanshutdown", .cleanShutdown, nil, nil),
            (".lock", .other, nil, nil),
            ("7.log", .log, 7, nil),
            ("-7.log", .log, nil, nil),
            ("a.log", .log, nil, nil),
            ("log", .other, nil, nil),
            ("", .other, nil, nil),
            (".log", .log, nil, nil),
        ] as [(String, InspectedFileName.Kind, Int64?, String?)])
    func `Names say what a file is`(
        name: String, kind: InspectedFileName.Kind, baseOffset: Int64?, suffix: String?
    ) {
        let parsed = InspectedFileName(name)
        #expect(parsed.kind == kind && parsed.baseOffset == baseOffset && parsed.suffix == suffix)
    }

    @Test func `Files come by segment, the log first`() throws {
        let names = [
            "partition.metadata", "00000000000000000100.timeindex", "00000000000000000100.log",
            "00000000000000000000.index", "00000000000000000000.log",
            "00000000000000000200.log.deleted", "00000000000000000100.index",
        ]
        let disk = BytesDisk(files: Dictionary(uniqueKeysWithValues: names.map { ("d/\($0)", []) }))
        let directory = try InspectedDirectory(path: "d", on: disk)
        #expect(
            directory.files.map(\.name) == [
                "00000000000000000000.log", "00000000000000000000.index",
                "00000000000000000100.log", "00000000000000000100.index",
                "00000000000000000100.timeindex", "00000000000000000200.log.deleted",
                "partition.metadata",
            ])
        #expect(directory.newestBaseOffset == 100)
        let missing = directory.missingSiblings()
        #expect(missing.map(\.path) == ["d/00000000000000000000.log"])
        #expect(missing.allSatisfy { $0.kind == .missingSibling && $0.severity == .corruption })
    }

    /// Findings in a directory of these files, of one byte but for those named.
    private func missing(
        _ names: [String], empty: String = "", ofOneFile: Bool = false
    ) throws -> [Finding] {
        let files = names.map { ("d/\($0)", $0 == empty ? [] : [UInt8(1)]) }
        let disk = BytesDisk(files: Dictionary(uniqueKeysWithValues: files))
        return try InspectedDirectory(path: "d", on: disk).missingSiblings(ofOneFile: ofOneFile)
    }

    @Test func `A rolled segment without its indexes is damaged, a first one may be new`() throws {
        let alone = try missing(["0.log", "7.log"])
        let bySegment = Dictionary(grouping: alone, by: \.path).mapValues { $0.map(\.severity) }
        #expect(bySegment["d/0.log"] == [.warning, .warning])
        #expect(bySegment["d/7.log"] == [.corruption, .corruption])
        let copied = try missing(["7.log"], ofOneFile: true)
        #expect(copied.map(\.severity) == [.warning, .warning])
        let mixed = try missing(["0.log", "0.index", "0.timeindex", "7.log"])
        #expect(mixed.count == 2 && mixed.allSatisfy { $0.path == "d/7.log" })
        #expect(mixed.allSatisfy { $0.severity == .corruption })
        let half = try missing(["7.log", "7.index"])
        #expect(half.map(\.message) == ["there is no .timeindex beside it"])
        #expect(half[0].severity == .corruption)
        // What is on its way out says nothing.
        #expect(try missing(["7.index.deleted", "0.log"])[0].severity == .warning)
    }

    @Test func `A segment that a broker just begins may have no indexes yet`() throws {
        let names = ["0.log", "0.index", "0.timeindex", "7.log"]
        #expect(try missing(names, empty: "7.log").allSatisfy { $0.severity == .warning })
        let older = try missing(names + ["9.log", "9.index", "9.timeindex"], empty: "7.log")
        #expect(older.count == 2 && older.allSatisfy { $0.severity == .corruption })
    }

    @Test func `An index without its log misses it`() throws {
        let disk = BytesDisk(files: ["d/00000000000000000005.index": []])
        let missing = try InspectedDirectory(path: "d", on: disk).missingSiblings()
        #expect(missing.map(\.path) == ["d/00000000000000000005.index"])
    }
}
