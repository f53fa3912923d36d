import Glibc
import KafkaBase
import KafkaSecurity
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct MetadataTextTests {
    private func sample() -> ClusterImage {
        var image = ClusterImage()
        var topic = TopicImage(
            name: "orders", id: .random(),
            partitions: [PartitionImage(soleReplica: 3, leaderEpoch: 5)],
            configs: ["cleanup.policy": "compact, delete", "x": "100 %\nä"])
        topic.partitions.append(PartitionImage(soleReplica: 3))
        topic.partitions[1].inSyncReplicas = []
        topic.partitions[1].replicas = [3, 4]
        image.insert(topic)
        image.insert(TopicImage(name: "a", id: .random(), partitions: []))
        image.nextProducerID = 4000
        image.setConfigs(["log.retention.ms": "5", "x": "a b"], broker: ClusterImage.allBrokers)
        image.setConfigs(["log.retention.ms": "6"], broker: "3")
        image.setGroupConfigs(["consumer.session.timeout.ms": "50000"], group: "a group")
        image.setClientMetricsConfigs(
            ["metrics": "*", "match": "client_id=a"], subscription: "s 1")
        image.noteDeleted(.random())
        image.logDirectories = ["/data 2", "/data3"]
        image.quotas.set(
            .producerByteRate, to: 1_048_576, for: .init(user: .named("a b%"), clientID: .standard))
        image.quotas.set(.requestPercentage, to: 0.1, for: .init(user: .standard))
        image.quotas.set(.connectionCreationRate, to: 5, for: .init(ip: .named("*")))
        for mechanism in [SaslMechanism.scramSha256, .scramSha512] {
            image.credentials.set(
                ScramCredential(
                    salt: [1, 2], storedKey: [3], serverKey: [4, 5], iterations: 4096),
                of: "a b%", mechanism)
        }
        image.acls[.random()] = Acl(
            .allow, "User:CN=a b,O=%", .describeConfigs, .transactionalID, "ä",
            patternType: .prefixed)
        image.acls[.random()] = Acl(.deny, "User:*", .all, .topic, "*", host: "")
        image.features = Features(changed: ["group.version": 1, "x y": 2], changeCount: 7)
        return image
    }

    @Test func `What is written is read back`() throws {
        let image = sample()
        #expect(try MetadataText.parse(MetadataText.render(image)) == image)
        #expect(try MetadataText.parse(MetadataText.render(ClusterImage())) == ClusterImage())
    }

    @Test func `What an earlier version wrote is read`() throws {
        let text =
            "skafka-metadata 1\nnext-producer-id 3000\ntopic orders q5iLxY8TQ0K1m0ZrWc3dPg\n"
            + "partition 0 0 0 0 0\nconfig retention.ms 60000\nend 4\n"
        let image = try MetadataText.parse(text)
        #expect(image.topics["orders"]?.configs == ["retention.ms": "60000"])
        #expect(image.brokerConfigs.isEmpty && image.deletedTopics.isEmpty)
    }

    @Test func `A text that ends early is not taken for whole`() throws {
        let text = MetadataText.render(sample())
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for count in 0..<lines.count - 2 {
            let cut = lines[..<count].joined(separator: "\n")
            #expect(throws: MetadataText.ParseError.self) { try MetadataText.parse(cut) }
        }
    }

    @Test(arguments: [
        "skafka-metadata 2\nend 0\n", "skafka-metadata 1\nwhat 1\nend 1\n",
        "skafka-metadata 1\npartition 0 0 0 0 0\nend 1\n",
        "skafka-metadata 1\ntopic t notanid\nend 1\n", "skafka-metadata 1\nend 3\n",
        "skafka-metadata 1\nend 0\nmore\n", "skafka-metadata 1\ndeleted x\nend 1\n",
        "skafka-metadata 1\nbroker-config 0 a %zz\nend 1\n",
        "skafka-metadata 1\nfeature a x\nend 1\n",
        "skafka-metadata 1\nquota a - - producer_byte_rate 1\nend 1\n",
        "skafka-metadata 1\nquota =a - - other 1\nend 1\n",
        "skafka-metadata 1\nquota =a - - producer_byte_rate x\nend 1\n",
        "skafka-metadata 1\nscram a SCRAM-SHA-256 salt=AA==\nend 1\n",
        "skafka-metadata 1\nscram a PLAIN "
            + "salt=AA==,stored_key=AA==,server_key=AA==,iterations=4096\nend 1\n",
        "skafka-metadata 1\nacl x ALLOW User:a READ TOPIC LITERAL t *\nend 1\n",
        "skafka-metadata 1\nacl eBSl7mbrTwa4nJ5Kn5qtpA ALLOW User:a R TOPIC LITERAL t *\nend 1\n",
        "skafka-metadata 1\nacl eBSl7mbrTwa4nJ5Kn5qtpA ALLOW U:a ALL TOPIC LITERAL %z *\nend 1\n",
    ])
    func `What this version does not write is refused`(_ text: String) {
        #expect(throws: MetadataText.ParseError.self) { try MetadataText.parse(text) }
    }

    @Test func `The store keeps changes over a restart`() throws {
        let directory = try TemporaryDirectory()
        let store = try FileMetadataStore(directory: directory.path)
        #expect(store.isNew && store.image == ClusterImage())
        let topic = TopicImage(
            name: "t", id: .random(), partitions: [PartitionImage(soleReplica: 0)])
        try store.apply([.putTopic(topic), .advanceProducerID(to: 10)])
        try store.apply([.advanceProducerID(to: 5)])
        let again = try FileMetadataStore(directory: directory.path)
        #expect(!again.isNew)
        #expect(again.image.topics == ["t": topic])
        #expect(again.image.topic(id: topic.id) == topic)
        #expect(again.image.nextProducerID == 10)
        var status = stat()
        let path = "\(directory.path)/\(FileMetadataStore.fileName)"
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        try again.apply([.deleteTopic(name: "t")])
        #expect(try FileMetadataStore(directory: directory.path).image.topics.isEmpty)
    }

    @Test func `A change that cannot be written changes nothing`() throws {
        let directory = try TemporaryDirectory()
        let store = try FileMetadataStore(directory: directory.path)
        TemporaryDirectory.removeTree(directory.path)
        #expect(throws: MetadataStoreError.self) { try store.apply([.advanceProducerID(to: 5)]) }
        #expect(store.image.nextProducerID == 0)
    }
}
