import Glibc
import KafkaBase
import KafkaLog
import KafkaTransport
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct BrokerLifeTests {
    @Test func `A restart keeps topics, ids, settings, records and producer ids`() async throws {
        let directory = try TemporaryDirectory()
        var broker = try await TestBroker.start(
            directory.path, topics: [.init(name: "t", partitions: 3)])
        let id = try await broker.metadata(["t"]).topics[0].topicId
        for partition: Int32 in 0..<3 {
            _ = try await broker.produce(TestBatch.bytes("a\(partition)"), partition: partition)
        }
        var initProducer = InitProducerIdRequest()
        initProducer.transactionalId = nil
        let first = try await broker.send(initProducer).producerId
        await broker.stop()

        broker = try await TestBroker.start(
            directory.path, topics: [.init(name: "t", partitions: 1)])
        let topic = try await broker.metadata(["t"]).topics[0]
        #expect(topic.topicId == id)
        #expect(topic.partitions.map(\.leaderEpoch) == [0, 0, 0])
        for partition: Int32 in 0..<3 {
            let data = try await broker.fetch(TestBroker.fetchRequest(partition: partition))
            #expect(try TestBatch.values(data.records!.buffer!) == ["a\(partition)"])
        }
        let second = try await broker.send(initProducer).producerId
        #expect(second > first)
        await broker.stop()
    }

    @Test func `The directory is its owner's alone, and marked after a clean stop`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a/b"
        let broker = try await TestBroker.start(path)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(stat(path + "/broker.sock", &status) == 0)
        #expect(stat(path + "/.kafka_cleanshutdown", &status) != 0)
        await broker.stop()
        #expect(stat(path + "/.kafka_cleanshutdown", &status) == 0)
        #expect(stat(path + "/broker.sock", &status) != 0)
    }

    /// Nobody knows whether they were to be compacted, or for how long they were to be kept.
    @Test func `Of another broker's topics no record goes by itself`() async throws {
        let directory = try TemporaryDirectory()
        let first = try await TestBroker.start(
            directory.path, topics: [.init(name: "t", partitions: 1)])
        _ = try await first.produce(TestBatch.bytes("kept"))
        await first.stop()
        try PosixDisk().removeFile("\(directory.path)/\(FileMetadataStore.fileName)")
        for _ in 0..<2 {
            let broker = try await TestBroker.start(directory.path)
            let settings = try await broker.on("t", 0) { $0.log.settings }
            #expect(!settings.isCompacted && settings.isDeletedByRetention)
            #expect(settings.retentionMs == -1 && settings.retentionBytes == -1)
            await broker.stop()
        }
    }

    @Test func `One broker at a time has a directory`() async throws {
        let directory = try TemporaryDirectory()
        let broker = try await TestBroker.start(directory.path)
        let error = await #expect(throws: BrokerError.self) {
            _ = try await Broker.start(
                TestBroker.options(directory.path), group: TestBroker.group)
        }
        guard case .directoryInUse = error else {
            Issue.record("\(String(describing: error))")
            return await broker.stop()
        }
        // The one that holds it is still to be reached.
        let another = try await TestBroker.connect(to: broker.broker)
        another.close()
        await broker.stop()
    }

    @Test func `After a start that failed the directory is free`() async throws {
        let directory = try TemporaryDirectory()
        var options = try TestBroker.options(directory.path)
        options.listeners = [.unix(path: directory.path + "/no/such/dir.sock")]
        await #expect(throws: BrokerError.self) {
            _ = try await Broker.start(options, group: TestBroker.group)
        }
        options = try TestBroker.options(
            directory.path, topics: [.init(name: "a/b", partitions: 1)])
        await #expect(throws: BrokerError.self) {
            _ = try await Broker.start(options, group: TestBroker.group)
        }
        await (try TestBroker.start(directory.path)).stop()
    }

    @Test func `What cannot be a data directory is said`() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/file"
        close(open(file, O_CREAT | O_WRONLY, 0o600))
        for path in [file, file + "/below"] {
            let error = await #expect(throws: BrokerError.self) {
                _ = try await Broker.start(TestBroker.options(path), group: TestBroker.group)
            }
            guard case .storage(let reason) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(reason.contains(file) && !reason.contains("\n"))
        }
    }

    @Test func `A directory of Kafka's becomes topics, under its node id`() async throws {
        let directory = try TemporaryDirectory()
        let id = Uuid.random()
        // As another broker leaves it: logs and ids, and no metadata of ours.
        let logs = try LogDirectory.open(path: directory.path, nodeID: 7)
        let log = try logs.createLog(TopicPartition(topic: "theirs", partition: 0), topicID: id)
        try logs.close([log])
        let broker = try await TestBroker.start(directory.path)
        let metadata = try await broker.metadata(nil)
        #expect(metadata.brokers.map(\.nodeId) == [7] && metadata.clusterId == logs.clusterID)
        #expect(metadata.topics.map(\.name) == ["theirs"])
        #expect(metadata.topics[0].topicId == id)
        #expect(metadata.topics[0].partitions[0].leaderId == 7)
        #expect(try await broker.produce(TestBatch.bytes("a"), to: "theirs").errorCode == .none)
        await broker.stop()
    }

    @Test func `Logs of no topic are set aside, missing ones made`() async throws {
        let directory = try TemporaryDirectory()
        await (try TestBroker.start(directory.path, topics: [.init(name: "t", partitions: 2)]))
            .stop()
        let logs = try LogDirectory.open(path: directory.path)
        let stray = try logs.createLog(
            TopicPartition(topic: "stray", partition: 0), topicID: .random())
        try logs.close(try logs.loadAll().filter { $0.topic != "stray" } + [stray])
        TemporaryDirectory.removeTree(directory.path + "/t-1")
        let broker = try await TestBroker.start(directory.path)
        let metadata = try await broker.metadata(nil)
        #expect(metadata.topics.map(\.name) == ["t"])
        #expect(try await broker.produce(TestBatch.bytes("a"), partition: 1).errorCode == .none)
        await broker.stop()
        let names = Fixtures.entries(of: directory.path)
        #expect(names.contains { $0.hasPrefix("stray-0.") && $0.hasSuffix("-stray") })
        #expect(!names.contains("stray-0"))
    }

    @Test func `After an unclean stop the leader epochs have moved on`() async throws {
        let directory = try TemporaryDirectory()
        let broker = try await TestBroker.start(directory.path, topics: [.init(name: "t")])
        _ = try await broker.produce(TestBatch.bytes("a"))
        await broker.stop()
        unlink(directory.path + "/.kafka_cleanshutdown")
        let again = try await TestBroker.start(directory.path)
        #expect(try await again.metadata(["t"]).topics[0].partitions[0].leaderEpoch == 1)
        _ = try await again.produce(TestBatch.bytes("b"))
        var request = TestBroker.fetchRequest()
        request.topics[0].partitions[0].currentLeaderEpoch = 0
        #expect(try await again.fetch(request).errorCode == .fencedLeaderEpoch)
        let data = try await again.fetch(TestBroker.fetchRequest())
        #expect(try TestBatch.values(data.records!.buffer!) == ["a", "b"])
        await again.stop()
    }
}
