import KafkaBase
import TestSupport
import Testing

@testable import KafkaLog

@Suite("Small files of a log directory")
struct SmallFilesTests {
    private let disk = PosixDisk()

    private func write(_ text: String, to path: String) throws {
        let file = try disk.open(path, .create)
        try file.truncate(to: 0)
        try file.write(Array(text.utf8), at: 0)
    }

    @Test func aReplacementThatFailsLeavesNothingBehind() throws {
        let disk = SimulatedDisk(seed: 1)
        try disk.createDirectory("/d")
        try disk.replace("/d/x", with: [1, 2])
        disk.freeBytes = 1
        #expect(throws: LogError.noSpace(path: "/d/x.tmp")) {
            try disk.replace("/d/x", with: [3, 4])
        }
        #expect(try disk.list("/d").map(\.name) == ["x"])
        #expect(try disk.content(of: "/d/x") == [1, 2])
    }

    // MARK: Checkpoints

    @Test func checkpointIsKafkasText() throws {
        let scratch = try TemporaryDirectory()
        let checkpoint = OffsetCheckpoint(
            disk: disk, directory: scratch.path, name: OffsetCheckpoint.recoveryPoints)
        let offsets = [
            TopicPartition(topic: "b", partition: 1): Int64(7),
            TopicPartition(topic: "a", partition: 10): 0,
        ]
        try checkpoint.write(offsets)
        let path = scratch.path + "/recovery-point-offset-checkpoint"
        #expect(try Fixtures.text(path) == "0\n2\na 10 0\nb 1 7\n")
        #expect(try checkpoint.read() == offsets)
        #expect(!Fixtures.isFile(path + ".tmp"))
    }

    @Test func absentCheckpointIsEmpty() throws {
        let scratch = try TemporaryDirectory()
        let checkpoint = OffsetCheckpoint(disk: disk, directory: scratch.path, name: "x")
        #expect(try checkpoint.read().isEmpty)
    }

    @Test(arguments: [
        "", "1\n0\n", "0\n2\na 0 1\n", "0\nx\n", "0\n1\na 0\n", "0\n1\na b 1\n", "0\n1\na 0 -1\n",
    ])
    func damagedCheckpointIsRefused(text: String) throws {
        let scratch = try TemporaryDirectory()
        try write(text, to: scratch.path + "/x")
        #expect(throws: LogError.self) {
            try OffsetCheckpoint(disk: disk, directory: scratch.path, name: "x").read()
        }
    }

    @Test func leaderEpochFile() throws {
        let scratch = try TemporaryDirectory()
        let file = LeaderEpochFile(disk: disk, directory: scratch.path)
        #expect(try file.read() == nil)
        let epochs = LeaderEpochCache([
            .init(epoch: 0, startOffset: 0), .init(epoch: 2, startOffset: 44),
        ])
        try file.write(epochs, sequence: 5)
        // What an older ticket brings late is dropped.
        try file.write(LeaderEpochCache(), sequence: 4)
        #expect(
            try Fixtures.text(scratch.path + "/leader-epoch-checkpoint") == "0\n2\n0 0\n2 44\n")
        #expect(try file.read() == epochs)
    }

    // MARK: Identity

    @Test func partitionMetadata() throws {
        let scratch = try TemporaryDirectory()
        #expect(try PartitionMetadataFile.read(disk: disk, directory: scratch.path) == nil)
        let id = try #require(Uuid("4rhPUUdTStWzprehFFKAGQ"))
        try PartitionMetadataFile.write(id, disk: disk, directory: scratch.path)
        #expect(
            try Fixtures.text(scratch.path + "/partition.metadata")
                == "version: 0\ntopic_id: 4rhPUUdTStWzprehFFKAGQ")
        #expect(try PartitionMetadataFile.read(disk: disk, directory: scratch.path) == id)
        try write(
            "version: 1\ntopic_id: 4rhPUUdTStWzprehFFKAGQ", to: scratch.path + "/partition.metadata"
        )
        #expect(throws: LogError.self) {
            try PartitionMetadataFile.read(disk: disk, directory: scratch.path)
        }
    }

    @Test func metaProperties() throws {
        let scratch = try TemporaryDirectory()
        #expect(try MetaProperties.read(disk: disk, directory: scratch.path) == nil)
        let ours = MetaProperties(clusterID: "some-cluster", nodeID: 3, directoryID: .random())
        try ours.write(disk: disk, directory: scratch.path)
        #expect(try MetaProperties.read(disk: disk, directory: scratch.path) == ours)
    }

    @Test func metaPropertiesAsJavaWritesThem() throws {
        let scratch = try TemporaryDirectory()
        try write(
            "#\n#Sun Nov 22 11:36:26 UTC 2026\nnode.id=2\ndirectory.id=rDw1izD5YkxzHvTKLX_DzQ\n"
                + "version=1\ncluster.id=a\\:b\n", to: scratch.path + "/meta.properties")
        let found = try #require(
            try MetaProperties.read(disk: disk, directory: scratch.path))
        #expect(found.nodeID == 2)
        #expect(found.clusterID == "a:b")
        #expect(found.directoryID.description == "rDw1izD5YkxzHvTKLX_DzQ")
    }

    @Test(arguments: [
        "version=0\nbroker.id=1\n", "version=1\nnode.id=1\n", "version=1\ncluster.id=x\n",
    ])
    func metaPropertiesThatAreNone(text: String) throws {
        let scratch = try TemporaryDirectory()
        try write(text, to: scratch.path + "/meta.properties")
        #expect(throws: LogError.self) {
            try MetaProperties.read(disk: disk, directory: scratch.path)
        }
    }

    // MARK: Names

    @Test func segmentFileNames() {
        #expect(SegmentFileName(44, .log).name == "00000000000000000044.log")
        #expect(
            SegmentFileName("00000000000000000044.timeindex") == SegmentFileName(44, .timeindex))
        #expect(
            SegmentFileName("00000000000000000044.log.swap") == SegmentFileName(44, .log, .swap))
        for name in [
            "44.log", "00000000000000000044.lag", "00000000000000000044.log.x", "log",
            "00000000000000000044.log.swap.swap", "-0000000000000000044.log",
            "00000000000000000061-0000000001.checkpoint",
        ] {
            #expect(SegmentFileName(name) == nil, "\(name)")
        }
    }

    @Test func directoryNames() {
        let partition = TopicPartition(topic: "a-b", partition: 3)
        #expect(PartitionDirectoryName("a-b-3") == .partition(partition))
        #expect(PartitionDirectoryName("a.b-0.x-delete") == .deleted)
        #expect(PartitionDirectoryName("a-0.x-future") == .setAside)
        #expect(PartitionDirectoryName("a-0-stray") == .setAside)
        #expect(PartitionDirectoryName("__cluster_metadata-0") == .setAside)
        for name in ["a", "-1", "a-", "a-x", "lost+found"] {
            #expect(PartitionDirectoryName(name) == .other, "\(name)")
        }
    }

    @Test func deletedNamesFitTheFileSystem() {
        let long = TopicPartition(topic: String(repeating: "t", count: 249), partition: 12)
        let id = Uuid(high: 1, low: 0xAB)
        let name = PartitionDirectoryName.deletedName(of: long, id: id)
        #expect(name.utf8.count == 255)
        #expect(name.hasSuffix("-12.000000000000000100000000000000ab-delete"))
        #expect(PartitionDirectoryName(name) == .deleted)
    }
}
