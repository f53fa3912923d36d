import ArgumentParser
import KafkaBase
import KafkaClient
import TestSupport
import Testing

@testable import SkafkaCLI

/// The client's administrative calls that no command makes, against the embedded broker.
@Suite struct AdminCallsTests {
    private func partition(_ number: Int32) -> TopicPartition {
        TopicPartition(topic: "t", partition: number)
    }

    @Test func partitionsComePageByPage() async throws {
        try await EmbeddedClient.with { client in
            for pageSize: Int32 in [1, 2, 2000] {
                let found = try await client.describeTopicPartitions(
                    ["t", "none"], pageSize: pageSize)
                let partitions = try #require(try found["t"]?.get())
                #expect(partitions.map(\.partition) == [0, 1, 2])
                #expect(partitions.allSatisfy { $0.leader == 0 && $0.inSyncReplicas == [0] })
                #expect(throws: KafkaError.self) { try found["none"]?.get() }
            }
        }
    }

    @Test func leaderEpochsEndWhereTheLogDoes() async throws {
        try await EmbeddedClient.with { client in
            let ends = try await client.endOffsets(
                ofLeaderEpochs: [partition(0): 0, partition(7): 0])
            let end = try #require(try ends[partition(0)]?.get())
            #expect(end.endOffset == 0 || end.endOffset == nil)
            #expect {
                try ends[partition(7)]?.get()
            } throws: { ($0 as? KafkaError)?.kind == .unknownPartition(partition(7)) }
        }
    }

    @Test func reassignmentsAreAskedForListedAndCancelled() async throws {
        try await EmbeddedClient.with { client in
            let moved = try await client.alterReassignments([
                partition(0): [0], partition(1): nil, partition(2): [7],
            ])
            #expect(moved[partition(0)] == .some(nil))
            #expect(moved[partition(1)]??.errorCode == .noReassignmentInProgress)
            #expect(moved[partition(2)]??.errorCode == .invalidReplicaAssignment)
            #expect(try await client.listReassignments().isEmpty)
            #expect(try await client.listReassignments(of: [partition(0)]).isEmpty)
        }
    }

    @Test func leadersOfAllPartitionsAreElected() async throws {
        try await EmbeddedClient.with { client in
            let all = try await client.electLeaders(.preferred, nil)
            #expect(all.values.allSatisfy { $0 == nil })
            let one = try await client.electLeaders(.preferred, [partition(0)])
            #expect(one[partition(0)]??.errorCode == .electionNotNeeded)
        }
    }

    @Test func featuresAreChangedOrRefused() async throws {
        try await EmbeddedClient.with { client in
            let before = try await client.describeFeatures()
            let group = try #require(before.first { $0.name == "group.version" })
            #expect(group.supported == 0...1 && group.finalizedLevel == 1)
            try await client.updateFeatures(
                [.init(name: "group.version", level: 0, kind: .safeDowngrade)], validateOnly: true)
            #expect(try await client.describeFeatures() == before)
            await #expect(throws: KafkaError.self) {
                try await client.updateFeatures([.init(name: "group.version", level: 9)])
            }
            await #expect(throws: KafkaError.self) {
                try await client.updateFeatures([.init(name: "no.version", level: 1)])
            }
        }
    }

    @Test func offsetsOfSeveralGroupsAreFetchedSetAndDeleted() async throws {
        try await EmbeddedClient.with { client in
            let set = try await client.alterGroupOffsets(
                "g", [partition(0): .init(offset: 3, leaderEpoch: 0, metadata: "kept")])
            #expect(set == [partition(0): nil])
            let found = try await client.groupOffsets(["g", "h"])
            #expect(
                try found["g"]?.get() == [
                    partition(0): .success(.init(offset: 3, leaderEpoch: 0, metadata: "kept"))
                ])
            #expect(try found["h"]?.get() == [:])
            #expect(try await client.groupOffsets(["g"], of: [partition(1)])["g"]?.get() == [:])
            let groups = try await client.describeGroups(["g", "h"])
            #expect(try groups["g"]?.get().state == .empty)
            #expect {
                try groups["h"]?.get()
            } throws: { ($0 as? KafkaError)?.kind == .unknownGroup("h") }
            #expect(
                try await client.deleteGroupOffsets("g", [partition(0)]) == [partition(0): nil])
            #expect(try await client.groupOffsets(["g"])["g"]?.get() == [:])
            await #expect {
                _ = try await client.deleteGroupOffsets("h", [partition(0)])
            } throws: { ($0 as? KafkaError)?.kind == .unknownGroup("h") }
        }
    }

    @Test func membersThatThereAreNotCannotBeRemoved() async throws {
        try await EmbeddedClient.with { client in
            _ = try await client.alterGroupOffsets("g", [partition(0): .init(offset: 0)])
            do {
                let results = try await client.removeMembers(
                    [.memberID("m"), .instanceID("i")], ofGroup: "g", reason: "test")
                #expect(results.values.allSatisfy { $0?.errorCode == .unknownMemberId })
            } catch let error as KafkaError {
                #expect(error.errorCode == .unknownMemberId)
            }
        }
    }

    @Test func producersAreFencedOneEpochAfterTheOther() async throws {
        try await EmbeddedClient.with { client in
            let first = try #require(try await client.fenceProducers(["x"])["x"]?.get())
            let second = try #require(try await client.fenceProducers(["x"])["x"]?.get())
            #expect(second.producerID == first.producerID)
            #expect(second.producerEpoch > first.producerEpoch)
            let listed = try await client.listTransactions(pattern: "x|y")
            #expect(listed.transactions.map(\.transactionalID) == ["x"])
            #expect(try await client.listTransactions(pattern: "y").transactions.isEmpty)
        }
    }

    @Test func logDirectoriesAreOfThePartitionsAskedFor() async throws {
        try await EmbeddedClient.with { client in
            let found = try await client.describeLogDirs(partitions: [partition(1)])
            let directories = try #require(try found[0]?.get())
            #expect(directories.flatMap(\.replicas).map(\.partition) == [partition(1)])
            await #expect(throws: Never.self) { try await client.describeQuorum() }
            let cluster = try await client.describeCluster()
            #expect(cluster.brokers.map(\.id) == [0])
        }
    }
}
