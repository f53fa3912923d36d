import Glibc
import KafkaBase
import KafkaTransport
import KafkaWire
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import TestSupport
import Testing

@testable import KafkaClient

/// Calls of the client itself, over real sockets.
@Suite struct KafkaClientTests {
    @Test func nobodyThereIsAnErrorThatNamesAddressAndReason() async throws {
        // A port that was free a moment ago.
        let listener = try await FakeListener { _, _ in .close }
        let port = listener.port
        try await listener.close()
        var configuration = ClientConfiguration(
            bootstrapServers: [.tcp(host: "127.0.0.1", port: port)])
        configuration.timeoutMs = 1000
        configuration.retryBackoffMs = 500
        let client = KafkaClient(
            configuration: configuration, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test"))
        let error = await #expect(throws: KafkaError.self) {
            try await client.metadata(topics: nil)
        }
        #expect(error?.kind == .connectionFailed)
        #expect(error?.message == "cannot connect to 127.0.0.1:\(port): Connection refused")
        #expect(error?.broker == .tcp(host: "127.0.0.1", port: port))
        await client.close()
    }

    @Test func aSocketThatIsNotThereIsAnError() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/none.sock"
        var configuration = ClientConfiguration(bootstrapServers: [.unix(path: path)])
        configuration.timeoutMs = 1000
        configuration.retryBackoffMs = 500
        let client = KafkaClient(
            configuration: configuration, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test"))
        let error = await #expect(throws: KafkaError.self) {
            try await client.metadata(topics: nil)
        }
        #expect(error?.message == "cannot connect to unix:\(path): No such file or directory")
        await client.close()
    }

    /// Every broker is reached through the one socket, whatever it advertises, and the hook comes
    /// before the attempt.
    @Test func aUnixSocketStandsForAllBrokers() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + String(repeating: "long", count: 30)
        guard mkdir(path, 0o700) == 0 else { throw TemporaryFailure() }
        let cluster = try await FakeCluster(
            topics: ["t": 1], unixPath: UnixSocketPath(path + "/b.sock"))
        let calls = NIOLockedValueBox(0)
        var configuration = ClientConfiguration(bootstrapServers: [.unix(path: path + "/b.sock")])
        configuration.beforeConnect = { calls.withLockedValue { $0 += 1 } }
        let client = KafkaClient(
            configuration: configuration, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test"))
        let partition = TopicPartition(topic: "t", partition: 0)
        let offsets = try await client.listOffsets([partition: .latest])
        #expect(try offsets[partition]?.get().offset == 0)
        #expect(calls.withLockedValue { $0 } == 1)
        await client.close()
        try await cluster.close()
    }

    /// Whatever a call waits for: the connection, or the answer.
    @Test(arguments: [ApiKey.apiVersions, .metadata])
    func whoIsCancelledWaitsNoLonger(silent: ApiKey) async throws {
        let cluster = try await FakeCluster()
        cluster.setHook { _, _, key, _ in key == silent ? .silence : .serve }
        let client = cluster.makeClient { $0.timeoutMs = 60_000 }
        let call = Task { try await client.metadata(topics: nil) }
        let start = ContinuousClock.now
        call.cancel()
        let error = await #expect(throws: KafkaError.self) { try await call.value }
        #expect(error?.kind == .closed)
        #expect(ContinuousClock.now - start < .seconds(5))
        cluster.setHook { _, _, _, _ in .serve }
        await client.close()
        try await cluster.close()
    }

    /// A process that is stopped takes connections and says nothing.
    @Test(arguments: [ApiKey.apiVersions, .metadata])
    func aBrokerThatDoesNotAnswerIsWaitedForOnlySoLong(silent: ApiKey) async throws {
        let cluster = try await FakeCluster()
        cluster.setHook { _, _, key, _ in key == silent ? .silence : .serve }
        let client = cluster.makeClient { $0.timeoutMs = 200 }
        let start = ContinuousClock.now
        let error = await #expect(throws: KafkaError.self) {
            try await client.metadata(topics: nil)
        }
        #expect(error?.kind == .timedOut)
        #expect(error?.message.contains("127.0.0.1:") == true)
        #expect(ContinuousClock.now - start < .seconds(5))
        await client.close()
        try await cluster.close()
    }

    @Test func aBrokerThatIsTooOldForTheCallIsAnError() async throws {
        let cluster = try await FakeCluster()
        cluster.state.withLockedValue { $0.versions[.createTopics] = nil }
        let client = cluster.makeClient()
        let error = await #expect(throws: KafkaError.self) {
            try await client.createTopics([NewTopic(name: "t")])
        }
        #expect(error?.kind == .unsupported)
        await client.close()
        try await cluster.close()
    }

    /// The protocol has 32 bits for times and sizes, the configuration more.
    @Test func aTimeoutThatNoRequestCanHoldIsCutDown() async throws {
        let cluster = try await FakeCluster()
        cluster.state.withLockedValue { state in
            state.versions[.createTopics] = nil
            state.versions[.deleteTopics] = nil
        }
        let client = cluster.makeClient { $0.requestTimeoutMs = 3_000_000_000 }
        let made = await #expect(throws: KafkaError.self) {
            try await client.createTopics([NewTopic(name: "t")])
        }
        let deleted = await #expect(throws: KafkaError.self) {
            try await client.deleteTopics(["t"])
        }
        #expect(made?.kind == .unsupported)
        #expect(deleted?.kind == .unsupported)
        await client.close()
        try await cluster.close()
    }

    @Test func anOldApiVersionsIsNegotiatedDown() async throws {
        let cluster = try await FakeCluster(topics: ["t": 3])
        cluster.state.withLockedValue { state in
            state.versions[.apiVersions] = 0...1
            state.versions[.metadata] = 0...1
        }
        let client = cluster.makeClient()
        let metadata = try await client.metadata(topics: nil)
        #expect(metadata.topic("t")?.partitions.count == 3)
        #expect(cluster.count(.apiVersions) == 2)
        await client.close()
        try await cluster.close()
    }

    @Test func offsetsFollowLeadersAndTellWhatIsMissing() async throws {
        let cluster = try await FakeCluster(brokers: 2, topics: ["t": 2])
        let client = cluster.makeClient()
        _ = try await client.metadata(topics: ["t"])
        cluster.state.withLockedValue { state in
            state.topics["t"]?[0].leader = 1
            state.topics["t"]?[0].epoch = 1
        }
        let found = TopicPartition(topic: "t", partition: 0)
        let missing = TopicPartition(topic: "t", partition: 9)
        let unknown = TopicPartition(topic: "nope", partition: 0)
        let offsets = try await client.listOffsets([
            found: .earliest, missing: .latest, unknown: .latest,
        ])
        #expect(offsets[found] == .success(ListedOffset(offset: 0)))
        #expect(offsets[missing] == .failure(.unknownPartition(missing)))
        #expect(offsets[unknown] == .failure(.unknownTopic("nope")))
        await client.close()
        try await cluster.close()
    }

    @Test func descriptionsTellWhichTopicsAreUnknown() async throws {
        let cluster = try await FakeCluster(topics: ["t": 2])
        let client = cluster.makeClient()
        let topics = try await client.describeTopics(["nope", "t"])
        #expect(topics.first == .failure(.unknownTopic("nope")))
        #expect(try topics.last?.get().partitions.map(\.leader) == [0, 0])
        await client.close()
        try await cluster.close()
    }

    @Test func callsAtTheSameTimeShareOneConnection() async throws {
        let cluster = try await FakeCluster(topics: ["t": 2])
        let client = cluster.makeClient()
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 { group.addTask { _ = try await client.metadata(topics: nil) } }
            try await group.waitForAll()
        }
        #expect(cluster.count(.apiVersions) == 1)
        #expect(cluster.count(.metadata) == 20)
        await client.close()
        try await cluster.close()
    }

    @Test func aClosedClientRefuses() async throws {
        let cluster = try await FakeCluster()
        let client = cluster.makeClient()
        await client.close()
        await #expect(throws: KafkaError.closed) { try await client.metadata(topics: nil) }
        try await cluster.close()
    }

    private struct TemporaryFailure: Error {}
}
