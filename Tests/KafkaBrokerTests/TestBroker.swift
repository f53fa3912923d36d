import KafkaBase
import KafkaTransport
import KafkaWire
import Logging
import NIOCore
import NIOPosix
import TestSupport

@testable import KafkaBroker

/// A broker in a directory of its own, with a connection to it.
final class TestBroker: Sendable {
    static let group = MultiThreadedEventLoopGroup.singleton
    static let timeoutMs = 20_000

    let broker: Broker
    let connection: ClientConnection

    private init(broker: Broker, connection: ClientConnection) {
        self.broker = broker
        self.connection = connection
    }

    static func options(
        _ directory: String, settings: [String: String] = [:], sync: SyncPolicy = .acksAll,
        topics: [BrokerOptions.InitialTopic] = []
    ) throws -> BrokerOptions {
        BrokerOptions(
            dataDirectory: directory,
            listeners: [.unix(path: EmbeddedBroker.socketPath(dataDirectory: directory))],
            settings: try BrokerSettings(settings), sync: sync, initialTopics: topics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func start(
        _ directory: String, settings: [String: String] = [:], sync: SyncPolicy = .acksAll,
        topics: [BrokerOptions.InitialTopic] = []
    ) async throws -> TestBroker {
        try await start(
            options(directory, settings: settings, sync: sync, topics: topics))
    }

    static func start(_ options: BrokerOptions) async throws -> TestBroker {
        let broker = try await Broker.start(options, group: group)
        do {
            return TestBroker(broker: broker, connection: try await connect(to: broker))
        } catch {
            await broker.shutdown()
            throw error
        }
    }

    static func connect(
        to broker: Broker, listener: Int = 0
    ) async throws -> ClientConnection {
        try await ClientConnection.connect(to: broker.boundAddresses[listener], group: group)
    }

    /// The same broker over a further connection, which is the caller's to close.
    func over(listener: Int) async throws -> TestBroker {
        TestBroker(
            broker: broker,
            connection: try await TestBroker.connect(to: broker, listener: listener))
    }

    /// Starts a broker in a new directory, and ends it after `body`.
    static func with(
        settings: [String: String] = [:], sync: SyncPolicy = .acksAll,
        topics: [BrokerOptions.InitialTopic] = [.init(name: "t", partitions: 2)],
        _ body: (TestBroker) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let broker = try await start(
            directory.path, settings: settings, sync: sync, topics: topics)
        do {
            try await body(broker)
        } catch {
            await broker.stop()
            throw error
        }
        await broker.stop()
    }

    func stop() async {
        connection.close()
        await broker.shutdown()
    }

    func send<Request: RequestMessage>(
        _ request: Request, version: Int16? = nil
    ) async throws -> Request.Response {
        try await connection.send(request, version: version, timeoutMs: TestBroker.timeoutMs)
            .get()
    }

    /// Returns when a fetch waits for the partition.
    func untilWaiting(_ topic: String, _ number: Int32) async throws {
        let partition = broker.storage.table.snapshot.partition(topic, number)!
        while try await partition.eventLoop.submit({ partition.waiterCount }).get() == 0 {
            await Task.yield()
        }
    }

    /// On the partition's event loop.
    func on<Value: Sendable>(
        _ topic: String = "t", _ number: Int32 = 0,
        _ body: @escaping @Sendable (Partition) -> Value
    ) async throws -> Value {
        let partition = broker.storage.table.snapshot.partition(topic, number)!
        return try await partition.eventLoop.submit { body(partition) }.get()
    }

    /// Has housekeeping done now.
    func keepHouse(_ task: HousekeepingPlan.Task, nowMs: Int64) async throws {
        let storage = broker.storage
        try await storage.thread.run(on: TestBroker.group.any()) {
            storage.keepHouse(task, nowMs: nowMs)
        }.get()
    }

    // MARK: Common requests

    /// The error of a topic's creation.
    func createTopic(_ name: String, partitions: Int32 = 1) async throws -> ErrorCode {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = partitions
        topic.replicationFactor = 1
        var request = CreateTopicsRequest()
        request.topics = [topic]
        return try await send(request).topics[0].errorCode
    }

    func deleteTopic(_ name: String) async throws -> ErrorCode {
        var request = DeleteTopicsRequest()
        request.topicNames = [name]
        return try await send(request, version: 4).responses[0].errorCode
    }

    func topicID(_ name: String = "t") async throws -> Uuid {
        try await metadata([name]).topics[0].topicId
    }

    func produce(
        _ batch: ByteBuffer?, to topic: String = "t", partition: Int32 = 0, acks: Int16 = -1,
        version: Int16 = 9
    ) async throws -> ProduceResponse.PartitionProduceResponse {
        let response = try await send(
            TestBroker.produceRequest(batch, to: topic, partition: partition, acks: acks),
            version: version)
        return response.responses[0].partitionResponses[0]
    }

    static func produceRequest(
        _ batch: ByteBuffer?, to topic: String = "t", partition: Int32 = 0, acks: Int16 = -1
    ) -> ProduceRequest {
        var data = ProduceRequest.PartitionProduceData()
        data.index = partition
        data.records = batch.map { .bytes($0) }
        var topicData = ProduceRequest.TopicProduceData()
        topicData.name = topic
        topicData.partitionData = [data]
        var request = ProduceRequest()
        request.acks = acks
        request.timeoutMs = 10_000
        request.topicData = [topicData]
        return request
    }

    static func fetchRequest(
        _ topic: String = "t", partition: Int32 = 0, from offset: Int64 = 0, minBytes: Int32 = 1,
        maxWaitMs: Int32 = 0, maxBytes: Int32 = .max, partitionMaxBytes: Int32 = 1 << 20
    ) -> FetchRequest {
        var asked = FetchRequest.FetchPartition()
        asked.partition = partition
        asked.fetchOffset = offset
        asked.partitionMaxBytes = partitionMaxBytes
        var askedTopic = FetchRequest.FetchTopic()
        askedTopic.topic = topic
        askedTopic.partitions = [asked]
        var request = FetchRequest()
        request.minBytes = minBytes
        request.maxWaitMs = maxWaitMs
        request.maxBytes = maxBytes
        request.topics = [askedTopic]
        return request
    }

    func fetch(
        _ request: FetchRequest, version: Int16 = 11
    ) async throws -> FetchResponse.PartitionData {
        try await send(request, version: version).responses[0].partitions[0]
    }

    func listOffset(
        _ timestamp: Int64, topic: String = "t", partition: Int32 = 0, version: Int16 = 11
    ) async throws -> ListOffsetsResponse.ListOffsetsPartitionResponse {
        var asked = ListOffsetsRequest.ListOffsetsPartition()
        asked.partitionIndex = partition
        asked.timestamp = timestamp
        var askedTopic = ListOffsetsRequest.ListOffsetsTopic()
        askedTopic.name = topic
        askedTopic.partitions = [asked]
        var request = ListOffsetsRequest()
        request.replicaId = -1
        request.topics = [askedTopic]
        return try await send(request, version: version).topics[0].partitions[0]
    }

    func metadata(
        _ topics: [String]?, autoCreate: Bool = false, version: Int16 = 12
    ) async throws -> MetadataResponse {
        var request = MetadataRequest()
        request.topics = topics.map { names in
            names.map { name in
                var topic = MetadataRequest.MetadataRequestTopic()
                topic.name = name
                return topic
            }
        }
        request.allowAutoTopicCreation = autoCreate
        return try await send(request, version: version)
    }
}
