import KafkaBase
import KafkaClient
import KafkaTransport
import KafkaWire
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Brokers on loopback that do what a test wants: enough of Produce, Fetch, ListOffsets, Metadata
/// and InitProducerId for a client, and a hook in front that may do otherwise.
final class FakeCluster: Sendable {
    /// What the hook makes of a request.
    enum Reaction: Sendable {
        case serve
        case close
        case silence
        /// Done, but the answer is lost with the connection.
        case serveAndClose
        /// Every partition of the request gets this code; nothing is done.
        case refuse(ErrorCode)
    }

    struct State: Sendable {
        var topics: [String: [FakePartition]] = [:]
        var topicIDs: [String: Uuid] = [:]
        var ports: [Int32: Int] = [:]
        var versions: [ApiKey: ClosedRange<Int16>] = [
            .apiVersions: 0...3, .produce: 3...9, .fetch: 4...12, .listOffsets: 1...7,
            .metadata: 0...9, .initProducerId: 0...4,
        ]
        var nextProducerID: Int64 = 100
        /// Of transactions; it has none unless the test serves their APIs.
        var coordinator = FakeCoordinator()
        var group = FakeClassicGroup()
        /// By the group.
        var committed: [TopicPartition: OffsetAndMetadata] = [:]
        var maxBatchBytes = Int.max
        /// How often each API was asked.
        var counts: [ApiKey: Int] = [:]
        var aborted: [FetchResponse.AbortedTransaction] = []
        /// Called with the number of the request among those of its API, from 1 on.
        var hook:
            @Sendable (_ state: inout State, _ broker: Int32, _ key: ApiKey, _ number: Int)
                -> Reaction = { _, _, _, _ in .serve }
    }

    let state = NIOLockedValueBox(State())
    private let listeners = NIOLockedValueBox<[FakeListener]>([])

    init(brokers: Int32 = 1, topics: [String: Int] = [:], unixPath: UnixSocketPath? = nil)
        async throws
    {
        for id in 0..<brokers {
            let listener = try await FakeListener(path: unixPath) { header, reader in
                try self.answer(header, &reader, broker: id)
            }
            listeners.withLockedValue { $0.append(listener) }
            state.withLockedValue { $0.ports[id] = listener.port }
        }
        state.withLockedValue { state in
            for (name, count) in topics {
                state.topics[name] = (0..<count).map { FakePartition(leader: Int32($0) % brokers) }
            }
        }
    }

    func close() async throws {
        for listener in listeners.withLockedValue({ $0 }) { try await listener.close() }
    }

    var bootstrap: [BrokerAddress] {
        state.withLockedValue { $0.ports.values.map { .tcp(host: "127.0.0.1", port: $0) } }
    }

    /// A client with short waits.
    func makeClient(_ change: (inout ClientConfiguration) -> Void = { _ in }) -> KafkaClient {
        var configuration = ClientConfiguration(bootstrapServers: bootstrap)
        configuration.retryBackoffMs = 5
        configuration.retryBackoffMaxMs = 20
        configuration.timeoutMs = 5000
        change(&configuration)
        return KafkaClient(
            configuration: configuration, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test"))
    }

    func partition(_ topic: String, _ number: Int = 0) -> FakePartition? {
        state.withLockedValue { $0.topics[topic]?[number] }
    }

    func count(_ key: ApiKey) -> Int { state.withLockedValue { $0.counts[key] ?? 0 } }

    func setHook(
        _ hook: @escaping @Sendable (inout State, Int32, ApiKey, Int) -> Reaction
    ) {
        state.withLockedValue { $0.hook = hook }
    }

    // MARK: Answers

    private func answer(
        _ header: RequestHeader, _ reader: inout WireReader, broker: Int32
    ) throws -> FakeReply {
        var reader = reader
        return try state.withLockedValue { state in
            state.counts[header.apiKey, default: 0] += 1
            let number = state.counts[header.apiKey] ?? 0
            let hook = state.hook
            var refusal: ErrorCode?
            let reaction = hook(&state, broker, header.apiKey, number)
            switch reaction {
            case .close: return .close
            case .silence: return .silence
            case .refuse(let code): refusal = code
            case .serve, .serveAndClose: break
            }
            let frame = try state.serve(header, &reader, broker: broker, refusal: refusal)
            if case .serveAndClose = reaction { return .close }
            guard let frame else { return .silence }
            return .frame(frame)
        }
    }
}

extension FakeCluster.State {
    /// The answer's frame; nil where there is none.
    fileprivate mutating func serve(
        _ header: RequestHeader, _ reader: inout WireReader, broker: Int32, refusal: ErrorCode?
    ) throws -> ByteBuffer? {
        let version = header.apiVersion
        switch header.apiKey {
        case .apiVersions:
            return try apiVersions(header)
        case .metadata:
            let request = try MetadataRequest(from: &reader, version: version)
            return try metadata(request).frame(for: header)
        case .initProducerId:
            let request = try InitProducerIdRequest(from: &reader, version: version)
            return try initProducerID(request, refusal).frame(for: header)
        case .produce:
            let request = try ProduceRequest(from: &reader, version: version)
            let response = produce(request, broker, refusal)
            return request.acks == 0 ? nil : try response.frame(for: header)
        case .fetch:
            let request = try FetchRequest(from: &reader, version: version)
            return try fetch(request, broker, refusal).frame(for: header)
        case .listOffsets:
            let request = try ListOffsetsRequest(from: &reader, version: version)
            return try listOffsets(request, broker, refusal).frame(for: header)
        default:
            return try serveTransactions(header, &reader, refusal: refusal)
        }
    }

    private mutating func initProducerID(
        _ request: InitProducerIdRequest, _ refusal: ErrorCode?
    ) -> InitProducerIdResponse {
        var response = InitProducerIdResponse()
        guard request.transactionalId != nil else {
            nextProducerID += 1
            response.errorCode = refusal ?? .none
            response.producerId = nextProducerID
            return response
        }
        response.errorCode =
            refusal
            ?? coordinator.initialize(previous: (request.producerId, request.producerEpoch))
        response.producerId = coordinator.producerID
        response.producerEpoch = coordinator.epoch
        return response
    }

    private func apiVersions(_ header: RequestHeader) throws -> ByteBuffer {
        var response = ApiVersionsResponse()
        var header = header
        let known = versions[.apiVersions]?.contains(header.apiVersion) ?? false
        if !known {
            header.apiVersion = 0
            response.errorCode = .unsupportedVersion
        }
        response.apiKeys = versions.filter { known || $0.key == .apiVersions }.map { key, range in
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = key.rawValue
            entry.minVersion = range.lowerBound
            entry.maxVersion = range.upperBound
            return entry
        }
        if coordinator.isVersion2 {
            var feature = ApiVersionsResponse.FinalizedFeatureKey()
            feature.name = "transaction.version"
            feature.maxVersionLevel = 2
            response.finalizedFeatures = [feature]
        }
        return try response.frame(for: header)
    }

    private func metadata(_ request: MetadataRequest) -> MetadataResponse {
        var response = MetadataResponse()
        response.clusterId = "fake"
        response.controllerId = 0
        response.brokers = ports.map { id, port in
            var broker = MetadataResponse.MetadataResponseBroker()
            broker.nodeId = id
            broker.host = "127.0.0.1"
            broker.port = Int32(port)
            return broker
        }
        let names = request.topics?.compactMap(\.name) ?? Array(topics.keys)
        response.topics = names.map { name in
            var topic = MetadataResponse.MetadataResponseTopic()
            topic.name = name
            topic.topicId = topicIDs[name] ?? .zero
            guard let partitions = topics[name] else {
                topic.errorCode = .unknownTopicOrPartition
                return topic
            }
            topic.partitions = partitions.enumerated().map { index, partition in
                var entry = MetadataResponse.MetadataResponsePartition()
                entry.partitionIndex = Int32(index)
                entry.leaderId = partition.leader
                entry.leaderEpoch = partition.epoch
                return entry
            }
            return topic
        }
        return response
    }

    private func code(_ topic: String, _ number: Int32, _ broker: Int32) -> ErrorCode {
        guard let partitions = topics[topic], partitions.indices.contains(Int(number)) else {
            return .unknownTopicOrPartition
        }
        return partitions[Int(number)].leader == broker ? .none : .notLeaderForPartition
    }

    private func name(_ name: String, _ id: Uuid) -> String {
        id == .zero ? name : topicIDs.first { $0.value == id }?.key ?? ""
    }

    private mutating func produce(
        _ request: ProduceRequest, _ broker: Int32, _ refusal: ErrorCode?
    ) -> ProduceResponse {
        var response = ProduceResponse()
        for topic in request.topicData {
            let name = name(topic.name, topic.topicId)
            var result = ProduceResponse.TopicProduceResponse()
            result.name = topic.name
            result.topicId = topic.topicId
            for data in topic.partitionData {
                var entry = ProduceResponse.PartitionProduceResponse()
                entry.index = data.index
                entry.baseOffset = -1
                let bytes = data.records?.buffer ?? ByteBuffer()
                entry.errorCode = refusal ?? code(name, data.index, broker)
                if entry.errorCode == .none, bytes.readableBytes > maxBatchBytes {
                    entry.errorCode = .messageTooLarge
                }
                if entry.errorCode == .none {
                    let partition = TopicPartition(topic: name, partition: data.index)
                    entry.errorCode = admission(bytes, partition) ?? .none
                }
                if entry.errorCode == .none,
                    let result = topics[name]?[Int(data.index)].append(bytes)
                {
                    entry.errorCode = result.code
                    entry.baseOffset = result.offset
                }
                result.partitionResponses.append(entry)
            }
            response.responses.append(result)
        }
        return response
    }

    private func fetch(
        _ request: FetchRequest, _ broker: Int32, _ refusal: ErrorCode?
    ) -> FetchResponse {
        var response = FetchResponse()
        for topic in request.topics {
            let name = name(topic.topic, topic.topicId)
            var result = FetchResponse.FetchableTopicResponse()
            result.topic = topic.topic
            result.topicId = topic.topicId
            for wanted in topic.partitions {
                var data = FetchResponse.PartitionData()
                data.partitionIndex = wanted.partition
                data.records = .bytes(ByteBuffer())
                data.errorCode = refusal ?? code(name, wanted.partition, broker)
                if data.errorCode == .none, let partition = topics[name]?[Int(wanted.partition)] {
                    data.highWatermark = partition.endOffset
                    data.lastStableOffset = partition.endOffset
                    data.logStartOffset = partition.startOffset
                    data.abortedTransactions = aborted
                    if (partition.startOffset...partition.endOffset).contains(wanted.fetchOffset) {
                        data.records = .bytes(
                            partition.read(
                                from: wanted.fetchOffset, maxBytes: Int(wanted.partitionMaxBytes)))
                    } else {
                        data.errorCode = .offsetOutOfRange
                    }
                }
                result.partitions.append(data)
            }
            response.responses.append(result)
        }
        return response
    }

    private func listOffsets(
        _ request: ListOffsetsRequest, _ broker: Int32, _ refusal: ErrorCode?
    ) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        for topic in request.topics {
            var result = ListOffsetsResponse.ListOffsetsTopicResponse()
            result.name = topic.name
            for wanted in topic.partitions {
                var entry = ListOffsetsResponse.ListOffsetsPartitionResponse()
                entry.partitionIndex = wanted.partitionIndex
                entry.errorCode = refusal ?? code(topic.name, wanted.partitionIndex, broker)
                if entry.errorCode == .none,
                    let partition = topics[topic.name]?[Int(wanted.partitionIndex)]
                {
                    entry.offset =
                        wanted.timestamp == -2 ? partition.startOffset : partition.endOffset
                }
                result.partitions.append(entry)
            }
            response.topics.append(result)
        }
        return response
    }
}
