import KafkaBase
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

/// What a real Kafka took and refused of the changes that real clients asked for: the same ones are
/// taken and refused here, as far as the settings are known and the topics can be what they were.
@Suite struct AlterReplayConformanceTests {
    /// A resource whose change is to be compared.
    private struct Outcome {
        var type: Int8
        var name: String
        var settings: [String]
        var code: ErrorCode
        var message: String?

        /// Whether both know all that it is about.
        var isComparable: Bool {
            switch type {
            case ConfigResourceType.topic.rawValue:
                code != .none || settings.allSatisfy { TopicSettings.definition(of: $0) != nil }
            case ConfigResourceType.broker.rawValue:
                // The cleaner's own settings are read once here.
                settings.allSatisfy { BrokerSettings.dynamicNames.contains($0) }
            default: false
            }
        }
    }

    /// Whatever number the broker had, it was its own.
    private func nodeID(in outcomes: [Outcome]) -> String {
        let brokers = outcomes.filter {
            $0.type == ConfigResourceType.broker.rawValue && !$0.name.isEmpty
        }
        return brokers.isEmpty ? "0" : brokers[0].name
    }

    /// Makes the topics that Kafka had.
    private func prepare(_ outcomes: [Outcome], _ broker: TestBroker) async throws {
        for outcome in outcomes
        where outcome.type == ConfigResourceType.topic.rawValue
            && outcome.code != .unknownTopicOrPartition
        {
            _ = try await broker.createTopic(outcome.name)
        }
    }

    private func compare(_ expected: [Outcome], _ found: [(ErrorCode, String?)]) {
        for (expected, found) in zip(expected, found) where expected.isComparable {
            #expect(found.0 == expected.code, "\(expected): \(found)")
            guard let message = expected.message else { continue }
            #expect(found.1?.hasPrefix(message) == true, "\(expected): \(found)")
        }
    }

    @Test func `Incremental changes end as they did in Kafka`() async throws {
        for exchange in try ReplayedExchange.all(
            of: IncrementalAlterConfigsRequest.self, IncrementalAlterConfigsHandler.servedVersions)
        {
            let outcomes = exchange.request.resources.map { asked in
                let answer = exchange.response.responses.first {
                    $0.resourceType == asked.resourceType && $0.resourceName == asked.resourceName
                }
                return Outcome(
                    type: asked.resourceType, name: asked.resourceName,
                    settings: asked.configs.map(\.name), code: answer?.errorCode ?? .none,
                    message: answer?.errorMessage)
            }
            let id = nodeID(in: outcomes)
            try await TestBroker.with(settings: ["node.id": id], topics: []) { broker in
                try await prepare(outcomes, broker)
                let response = try await broker.send(exchange.request, version: exchange.version)
                compare(outcomes, response.responses.map { ($0.errorCode, $0.errorMessage) })
            }
        }
    }

    @Test func `Replaced settings end as they did in Kafka`() async throws {
        for exchange in try ReplayedExchange.all(
            of: AlterConfigsRequest.self, AlterConfigsHandler.servedVersions)
        {
            let outcomes = exchange.request.resources.map { asked in
                let answer = exchange.response.responses.first {
                    $0.resourceType == asked.resourceType && $0.resourceName == asked.resourceName
                }
                return Outcome(
                    type: asked.resourceType, name: asked.resourceName,
                    settings: asked.configs.map(\.name), code: answer?.errorCode ?? .none,
                    message: answer?.errorMessage)
            }
            let id = nodeID(in: outcomes)
            try await TestBroker.with(settings: ["node.id": id], topics: []) { broker in
                try await prepare(outcomes, broker)
                let response = try await broker.send(exchange.request, version: exchange.version)
                compare(outcomes, response.responses.map { ($0.errorCode, $0.errorMessage) })
            }
        }
    }

    @Test func `Partitions are added or not as in Kafka`() async throws {
        for exchange in try ReplayedExchange.all(
            of: CreatePartitionsRequest.self, CreatePartitionsHandler.servedVersions)
        {
            try await TestBroker.with(topics: []) { broker in
                for asked in exchange.request.topics {
                    let answer = exchange.response.results.first { $0.name == asked.name }
                    switch answer?.errorCode {
                    case .some(.none): _ = try await broker.createTopic(asked.name)
                    // The number that there were stands in the text.
                    case .some(.invalidPartitions):
                        let numbers = answer?.errorMessage?.split(separator: " ") ?? []
                        let count = numbers.lazy.compactMap { Int32($0) }.first ?? 1
                        _ = try await broker.createTopic(asked.name, partitions: count)
                    default: break
                    }
                }
                let response = try await broker.send(exchange.request, version: exchange.version)
                for expected in exchange.response.results {
                    let found = response.results.first { $0.name == expected.name }
                    #expect(found?.errorCode == expected.errorCode)
                    #expect(found?.errorMessage == expected.errorMessage)
                }
            }
        }
    }
}
