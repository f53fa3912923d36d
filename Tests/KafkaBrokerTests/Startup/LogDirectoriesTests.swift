import KafkaBase
import KafkaLog
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct LogDirectoriesTests {
    @Test func `New logs go where the fewest are`() {
        let all: Set<Int> = [0, 1, 2]
        #expect(LogPlacement.places(for: 4, counts: [0, 0, 0], usable: all) == [0, 1, 2, 0])
        #expect(LogPlacement.places(for: 3, counts: [5, 2, 3], usable: all) == [1, 1, 2])
        #expect(LogPlacement.places(for: 2, counts: [5, 0, 3], usable: [0, 2]) == [2, 2])
    }

    private func start(
        _ paths: [String], settings: [String: String] = [:],
        topics: [BrokerOptions.InitialTopic] = []
    ) async throws -> TestBroker {
        var options = try TestBroker.options(paths[0], settings: settings, topics: topics)
        if paths.count > 1 { options.moreLogDirectories = Array(paths.dropFirst()) }
        return try await TestBroker.start(options)
    }

    private func partitions(in path: String) -> [String] {
        Fixtures.entries(of: path).filter { $0.hasPrefix("t-") && !$0.hasSuffix("-delete") }
    }

    /// Wants partitions 0, 1 and 99 in each of the directories.
    private func alter(
        _ broker: TestBroker, _ paths: [String], _ version: Int16
    ) async throws -> [[ErrorCode]] {
        var codes: [[ErrorCode]] = []
        for path in paths {
            var topic = AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic()
            topic.name = "t"
            topic.partitions = [0, 1, 99]
            var directory = AlterReplicaLogDirsRequest.AlterReplicaLogDir()
            directory.path = path
            directory.topics = [topic]
            var request = AlterReplicaLogDirsRequest()
            request.dirs = [directory]
            let response = try await broker.send(request, version: version)
            codes.append(response.results[0].partitions.map(\.errorCode))
        }
        return codes
    }

    @Test func `Partitions are spread, found again, and told by DescribeLogDirs`() async throws {
        let scratch = try TemporaryDirectory()
        let paths = ["a", "b"].map { "\(scratch.path)/\($0)" }
        let topics = [BrokerOptions.InitialTopic(name: "t", partitions: 4)]
        let first = try await start(paths, topics: topics)
        for number in 0..<4 {
            let answer = try await first.produce(
                TestBatch.bytes("\(number)"), partition: Int32(number))
            #expect(answer.errorCode == .none)
        }
        await first.stop()
        #expect(partitions(in: paths[0]) == ["t-0", "t-2"])
        #expect(partitions(in: paths[1]) == ["t-1", "t-3"])
        // The others are known from the last time.
        let again = try await start([paths[0]])
        for number in 0..<4 {
            let data = try await again.fetch(TestBroker.fetchRequest(partition: Int32(number)))
            #expect(data.highWatermark == 1)
        }
        var request = DescribeLogDirsRequest()
        request.topics = nil
        let response = try await again.send(request)
        #expect(response.results.map(\.logDir) == paths)
        #expect(response.results.allSatisfy { $0.errorCode == .none && $0.totalBytes > 0 })
        let told = response.results.map { $0.topics[0].partitions.map(\.partitionIndex) }
        #expect(told == [[0, 2], [1, 3]])
        for version in AlterReplicaLogDirsHandler.servedVersions {
            let codes = try await alter(again, [paths[0], "/no/such/dir"], version)
            #expect(codes[0] == [.none, .kafkaStorageError, .replicaNotAvailable])
            #expect(codes[1] == [.logDirNotFound, .logDirNotFound, .logDirNotFound])
        }
        await again.stop()
        let properties = try paths.map { path in
            try Fixtures.lines("\(path)/meta.properties").filter { $0.contains("=") }
        }
        #expect(
            properties[0].filter { !$0.hasPrefix("directory.id") }
                == properties[1].filter { !$0.hasPrefix("directory.id") })
        #expect(properties[0] != properties[1])
    }

    @Test func `A directory that fails takes only its own partitions down`() async throws {
        let scratch = try TemporaryDirectory()
        let paths = ["a", "b"].map { "\(scratch.path)/\($0)" }
        let broker = try await start(paths, topics: [.init(name: "t", partitions: 2)])
        _ = try await broker.produce(TestBatch.bytes("safe"), partition: 1)
        // What cannot be taken for a segment fails the next roll.
        _ = try await broker.on("t", 1) { $0.log.settings.segmentBytes = 1 }
        try PosixDisk().createDirectory("\(paths[1])/t-1/00000000000000000001.log")
        let failed = try await broker.produce(TestBatch.bytes("lost"), partition: 1)
        #expect(failed.errorCode == .kafkaStorageError)
        #expect(failed.errorMessage?.contains(paths[1]) == true)
        let second = try await broker.produce(TestBatch.bytes("lost"), partition: 1)
        #expect(second.errorCode == .kafkaStorageError)
        #expect(try await broker.produce(TestBatch.bytes("fine")).errorCode == .none)
        let read = try await broker.fetch(TestBroker.fetchRequest(partition: 1))
        #expect(read.errorCode == .none && read.highWatermark == 1)
        var request = DescribeLogDirsRequest()
        request.topics = nil
        let response = try await broker.send(request)
        #expect(response.results.map(\.errorCode) == [.none, .kafkaStorageError])
        // New topics go to the directory that is good.
        #expect(try await broker.createTopic("new", partitions: 2) == .none)
        #expect(Fixtures.entries(of: paths[0]).contains("new-1"))
        await broker.stop()
        let names = paths.map { Fixtures.entries(of: $0).contains(".kafka_cleanshutdown") }
        #expect(names == [true, false])
    }

    @Test func `A partition in two directories stops the start, which says what to do`()
        async throws
    {
        let scratch = try TemporaryDirectory()
        let paths = ["a", "b"].map { "\(scratch.path)/\($0)" }
        let broker = try await start(paths, topics: [.init(name: "t")])
        await broker.stop()
        try PosixDisk().createDirectory("\(paths[1])/t-0")
        _ = try PosixDisk().open("\(paths[1])/t-0/00000000000000000000.log", .create)
        let error = await #expect(throws: BrokerError.self) { try await start(paths) }
        #expect("\(error!)".contains("t-0 lies in \(paths[0]) and in \(paths[1]): move its"))
        // Nothing was touched: the next start still takes it for a clean one.
        #expect(Fixtures.entries(of: paths[1]).contains("t-0"))
    }

    @Test func `One directory is not taken twice, another cluster's not at all`() async throws {
        let scratch = try TemporaryDirectory()
        let path = "\(scratch.path)/a"
        let twice = await #expect(throws: BrokerError.self) {
            try await start([path, "\(path)/../a"])
        }
        #expect("\(twice!)".contains("twice"))
        let other = try await start(["\(scratch.path)/other"])
        await other.stop()
        let mine = try await start([path])
        await mine.stop()
        let mixed = await #expect(throws: BrokerError.self) {
            try await start([path, "\(scratch.path)/other"])
        }
        #expect("\(mixed!)".contains("belongs to cluster"))
    }

    // MARK: Deletion

    @Test func `A topic's files go after the delay, and its name is free at once`() async throws {
        let directory = try TemporaryDirectory()
        let broker = try await TestBroker.start(
            directory.path, settings: ["log.segment.delete.delay.ms": "60000"],
            topics: [.init(name: "t")])
        _ = try await broker.produce(TestBatch.bytes("old"))
        var request = DeleteTopicsRequest()
        request.topicNames = ["t"]
        #expect(try await broker.send(request, version: 5).responses[0].errorCode == .none)
        let left = Fixtures.entries(of: directory.path).filter { $0.hasSuffix("-delete") }
        #expect(left.count == 1)
        let files = Fixtures.entries(of: "\(directory.path)/\(left[0])")
        #expect(files.contains { $0.hasSuffix(".log") })
        #expect(try await broker.createTopic("t") == .none)
        _ = try await broker.produce(TestBatch.bytes("new"))
        try await broker.keepHouse(.removals, nowMs: .max)
        #expect(!Fixtures.entries(of: directory.path).contains { $0.hasSuffix("-delete") })
        let data = try await broker.fetch(TestBroker.fetchRequest())
        #expect(data.highWatermark == 1)
        await broker.stop()
    }

    @Test func `A deletion that a crash interrupted is completed`() async throws {
        let directory = try TemporaryDirectory()
        let topics = [BrokerOptions.InitialTopic(name: "t")]
        let first = try await TestBroker.start(directory.path, topics: topics)
        let id = try await first.metadata(["t"]).topics[0].topicId
        await first.stop()
        // As between the metadata and the directories.
        let store = try FileMetadataStore(directory: directory.path)
        try store.apply([.deleteTopic(name: "t")])
        #expect(store.image.deletedTopics == [id])
        let second = try await TestBroker.start(directory.path)
        #expect(!Fixtures.entries(of: directory.path).contains { $0.hasPrefix("t-0") })
        await second.stop()
        #expect(try FileMetadataStore(directory: directory.path).image.deletedTopics.isEmpty)
    }
}
