import KafkaBase
import TestSupport
import Testing

@testable import KafkaClient

/// Ranges for members that say where they are (KIP-881).
@Suite struct RangeAssignmentTests {
    private func member(_ id: String, _ rack: String?, _ topics: Set<String>) -> AssignorMember {
        AssignorMember(id: id, rack: rack, topics: topics)
    }

    /// Partition numbers by topic.
    private func share(
        _ id: String, _ racks: [String: [Set<String>]], _ members: [AssignorMember]
    ) -> [String: [Int32]] {
        let shares = Assignor.range.assign(racks.mapValues(\.count), racks: racks, to: members)
        return Dictionary(grouping: shares[id] ?? [], by: \.topic).mapValues {
            $0.map(\.partition)
        }
    }

    @Test func `Who says where it is gets what is near`() {
        let racks: [String: [Set<String>]] = ["a": [["x"], ["y"], ["x"], ["y"]]]
        let members = [member("m1", "y", ["a"]), member("m2", "x", ["a"])]
        #expect(share("m1", racks, members) == ["a": [1, 3]])
        #expect(share("m2", racks, members) == ["a": [0, 2]])
        // The others take what is left.
        let unsaid = [member("m1", nil, ["a"]), member("m2", "x", ["a"])]
        #expect(share("m1", racks, unsaid) == ["a": [0, 1]])
        #expect(share("m2", racks, unsaid) == ["a": [2, 3]])
    }

    @Test func `Nobody has more than its share for being near`() {
        let racks: [String: [Set<String>]] = ["a": Array(repeating: ["x"], count: 5) + [["z"]]]
        let members = [
            member("m1", "y", ["a"]), member("m2", "x", ["a"]), member("m3", "x", ["a"]),
            member("m4", "x", ["a"]),
        ]
        #expect(share("m1", racks, members) == ["a": [5]])
        #expect(share("m2", racks, members) == ["a": [0, 1]])
        #expect(share("m3", racks, members) == ["a": [2, 3]])
        #expect(share("m4", racks, members) == ["a": [4]])
    }

    @Test func `Topics that are cut alike stay so`() {
        let members = [member("m1", "y", ["a", "b"]), member("m2", "x", ["a", "b"])]
        let near: [Set<String>] = [["x"], ["y"], ["x"], ["y"]]
        #expect(share("m1", ["a": near, "b": near], members) == ["a": [1, 3], "b": [1, 3]])
        // What is near in one topic alone gives way.
        let far = Array(repeating: Set(["x"]), count: 4)
        #expect(share("m1", ["a": near, "b": far], members) == ["a": [1, 3], "b": [1, 3]])
        let other: [Set<String>] = [["y"], ["x"], ["y"], ["x"]]
        #expect(share("m1", ["a": near, "b": other], members) == ["a": [0, 1], "b": [0, 1]])
    }

    @Test func `Where racks make no difference ranges are plain`() {
        let members = [member("m1", "y", ["a"]), member("m2", "x", ["a"])]
        for racks: Set<String> in [["x", "y"], ["z"], []] {
            let all = ["a": Array(repeating: racks, count: 4)]
            #expect(share("m1", all, members) == ["a": [0, 1]])
        }
    }

    @Test func `Shares are complete and even whatever the racks`() throws {
        try Seeds.run(300) { _, random in
            let names = ["x", "y", "z"]
            var racks: [String: [Set<String>]] = [:]
            for topic in ["a", "b", "c"] {
                racks[topic] = (0..<Int.random(in: 0...7, using: &random)).map { _ in
                    Set(names.filter { _ in Bool.random(using: &random) })
                }
            }
            let members = (0..<Int.random(in: 1...5, using: &random)).map { index in
                member(
                    "m\(index)", (names + [nil]).randomElement(using: &random) ?? nil,
                    Set(racks.keys.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }))
            }
            let shares = Assignor.range.assign(
                racks.mapValues(\.count), racks: racks, to: members)
            for (topic, partitions) in racks {
                let counts = members.filter { $0.topics.contains(topic) }.map { member in
                    shares[member.id]?.filter { $0.topic == topic }.count ?? 0
                }
                guard let most = counts.max(), let least = counts.min() else { continue }
                try #require(counts.reduce(0, +) == partitions.count)
                try #require(most - least <= 1)
                let given = Set(shares.values.joined().filter { $0.topic == topic })
                try #require(given.count == partitions.count)
            }
        }
    }

    @Test func `Racks are those of the brokers that have replicas`() {
        var metadata = ClusterMetadata()
        metadata.brokers = [
            .init(id: 0, host: "a", port: 1, rack: "x"), .init(id: 1, host: "b", port: 1),
            .init(id: 2, host: "c", port: 1, rack: "y"),
        ]
        var topic = ClusterMetadata.Topic(name: "t")
        let replicas: [[Int32]] = [[0, 1], [0, 2, 7], []]
        topic.partitions = replicas.enumerated().map { number, replicas in
            var partition = ClusterMetadata.Partition(partition: Int32(number), leader: 0)
            partition.replicas = replicas
            return partition
        }
        #expect(metadata.racks(of: topic) == [["x"], ["x", "y"], []])
        metadata.brokers = [.init(id: 0, host: "a", port: 1)]
        #expect(metadata.racks(of: topic) == [])
    }
}
