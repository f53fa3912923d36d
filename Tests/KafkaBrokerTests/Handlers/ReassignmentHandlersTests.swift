import KafkaBase
import KafkaWire
import Testing

@testable import KafkaBroker

@Suite struct ReassignmentHandlersTests {
    @Test(arguments: AlterPartitionReassignmentsHandler.servedVersions)
    func `Partitions can be moved to where they are`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            let asked: [(Int32, [Int32]?)] = [
                (0, [0]), (1, [99]), (1, []), (1, [0, 0]), (1, nil), (8, [0]),
            ]
            var topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
            topic.name = "t"
            topic.partitions = asked.map { number, replicas in
                var partition = AlterPartitionReassignmentsRequest.ReassignablePartition()
                partition.partitionIndex = number
                partition.replicas = replicas
                return partition
            }
            var request = AlterPartitionReassignmentsRequest()
            request.topics = [topic]
            topic.name = "nope"
            topic.partitions = [topic.partitions[0]]
            request.topics.append(topic)
            let response = try await broker.send(request, version: version)
            #expect(response.errorCode == .none && response.errorMessage == nil)
            let answers = response.responses.flatMap(\.partitions)
            #expect(
                answers.map(\.errorCode) == [
                    .none, .invalidReplicaAssignment, .invalidReplicaAssignment,
                    .invalidReplicaAssignment, .noReassignmentInProgress,
                    .unknownTopicOrPartition, .unknownTopicOrPartition,
                ])
            let assignment = "The manual partition assignment includes "
            #expect(
                answers.map(\.errorMessage) == [
                    nil, assignment + "broker 99, but no such broker is registered.",
                    assignment + "an empty replica list.",
                    assignment + "the broker 0 more than once.",
                    "No partition reassignment is in progress.", "Unable to find partition t:8.",
                    "Unable to find a topic named nope.",
                ])
        }
    }

    @Test func `None is under way`() async throws {
        try await TestBroker.with { broker in
            let response = try await broker.send(ListPartitionReassignmentsRequest())
            #expect(response.errorCode == .none && response.topics.isEmpty)
            #expect(response.errorMessage == nil)
        }
    }

    // MARK: Leaders

    @Test(arguments: ElectLeadersHandler.servedVersions)
    func `No partition needs another leader`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            var topic = ElectLeadersRequest.TopicPartitions()
            topic.topic = "t"
            topic.partitions = [0, 44]
            var unknown = topic
            unknown.topic = "nope"
            unknown.partitions = [0]
            var request = ElectLeadersRequest()
            request.topicPartitions = [topic, unknown]
            let response = try await broker.send(request, version: version)
            #expect(response.errorCode == .none)
            let answers = response.replicaElectionResults.flatMap(\.partitionResult)
            #expect(
                answers.map(\.errorCode) == [
                    .electionNotNeeded, .unknownTopicOrPartition, .unknownTopicOrPartition,
                ])
            #expect(
                answers.map(\.errorMessage) == [
                    "Leader election not needed for topic partition.",
                    "No such partition as t-44", "No such topic as nope",
                ])
            request.topicPartitions = nil
            let all = try await broker.send(request, version: version)
            #expect(all.replicaElectionResults.map(\.topic) == ["t"])
            #expect(all.replicaElectionResults[0].partitionResult.isEmpty)
        }
    }

    @Test func `An unknown kind of election is refused`() async throws {
        try await TestBroker.with { broker in
            var request = ElectLeadersRequest()
            request.electionType = 7
            request.topicPartitions = nil
            let response = try await broker.send(request)
            #expect(response.errorCode == .invalidRequest)
            #expect(response.replicaElectionResults.isEmpty)
        }
    }
}
