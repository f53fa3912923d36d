import KafkaBase
import Testing

@testable import KafkaBroker

@Suite struct ReconciliationTests {
    private let id = Uuid.random()

    private func log(
        _ topic: String, _ partition: Int32, id: Uuid? = nil, epoch: Int32 = 0
    ) -> Reconciliation.FoundLog {
        .init(
            name: TopicPartition(topic: topic, partition: partition), topicID: id ?? self.id,
            latestEpoch: epoch)
    }

    private func image(_ topics: TopicImage...) -> ClusterImage {
        var image = ClusterImage()
        for topic in topics { image.insert(topic) }
        return image
    }

    private func topic(_ name: String, partitions: Int, epoch: Int32 = 0) -> TopicImage {
        TopicImage(
            name: name, id: id,
            partitions: (0..<partitions).map { _ in
                PartitionImage(soleReplica: 0, leaderEpoch: epoch)
            })
    }

    @Test func `After a clean stop nothing changes`() {
        let plan = Reconciliation(
            image: image(topic("t", partitions: 2)), isNew: false, wasClean: true, nodeID: 0,
            logs: [log("t", 0), log("t", 1)])
        #expect(plan.changes == [] && plan.missing == [] && plan.strays == [])
    }

    @Test func `After an unclean stop every leader epoch moves on`() {
        let plan = Reconciliation(
            image: image(topic("t", partitions: 1, epoch: 4)), isNew: false, wasClean: false,
            nodeID: 0, logs: [log("t", 0)])
        #expect(plan.changes == [.putTopic(topic("t", partitions: 1, epoch: 5))])
    }

    @Test func `What was being made or deleted when the process ended is put right`() {
        let plan = Reconciliation(
            image: image(topic("made", partitions: 2)), isNew: false, wasClean: true, nodeID: 0,
            logs: [
                log("made", 0), log("gone", 0), log("made", 2), log("made", 1, id: .random()),
            ])
        #expect(plan.missing == [TopicPartition(topic: "made", partition: 1)])
        #expect(
            plan.strays == [
                TopicPartition(topic: "gone", partition: 0),
                TopicPartition(topic: "made", partition: 2),
                TopicPartition(topic: "made", partition: 1),
            ])
    }

    @Test func `Another broker's directories become topics`() throws {
        let plan = Reconciliation(
            image: ClusterImage(), isNew: true, wasClean: false, nodeID: 7,
            logs: [
                log("t", 2, epoch: 5), log("t", 0, epoch: -1), log("__cluster_metadata", 0),
                log("__consumer_offsets", 0),
            ])
        #expect(plan.imported == ["__consumer_offsets", "t"])
        #expect(plan.missing == [TopicPartition(topic: "t", partition: 1)])
        #expect(plan.strays == [])
        guard case .putTopic(let offsets) = plan.changes[0],
            case .putTopic(let topic) = plan.changes[1]
        else {
            Issue.record("\(plan.changes)")
            return
        }
        #expect(offsets.configs == ["cleanup.policy": "compact"])
        #expect(topic.configs == ["retention.ms": "-1"])
        #expect(topic.id == id)
        #expect(topic.partitions.map(\.leaderEpoch) == [0, 0, 5])
        #expect(topic.partitions.allSatisfy { $0.leader == 7 })
    }

    @Test func `A directory without a topic id is taken for what its name says`() {
        let plan = Reconciliation(
            image: image(topic("t", partitions: 1)), isNew: false, wasClean: true, nodeID: 0,
            logs: [log("t", 0, id: .zero)])
        #expect(plan.strays == [])
    }

    @Test func `A number beyond reason is not taken for a partition's`() {
        let plan = Reconciliation(
            image: ClusterImage(), isNew: true, wasClean: true, nodeID: 0,
            logs: [log("t", 0), log("t", .max), log("backup", 20_261_123)])
        #expect(plan.imported == ["t"])
        #expect(plan.missing == [])
        #expect(
            plan.strays == [
                TopicPartition(topic: "t", partition: .max),
                TopicPartition(topic: "backup", partition: 20_261_123),
            ])
    }
}
