import ArgumentParser
import KafkaClient
import KafkaRecords
import KafkaTransport
import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct ClientSettingsTests {
    @Test func takesBothSpellings() throws {
        var settings = ClientSettings()
        for text in [
            "linger.ms=7", "acks=1", "compression.codec=zstd:3", "fetch.wait.max.ms=9",
            "message.timeout.ms=11", "partitioner=consistent_random", "enable.idempotence=false",
            "isolation.level=read_uncommitted", "metadata.broker.list=a:1,b", "client.id=x",
            "topic.request.timeout.ms=13",
        ] {
            try settings.apply(argument: text)
        }
        #expect(settings.producer.lingerMs == 7)
        #expect(settings.producer.acks == .leader)
        #expect(settings.producer.compression == Compression("zstd:3"))
        #expect(settings.consumer.maxWaitMs == 9)
        #expect(settings.client.deliveryTimeoutMs == 11)
        #expect(settings.producer.partitioner == .consistent)
        #expect(!settings.producer.idempotent)
        #expect(settings.consumer.isolationLevel == .readUncommitted)
        #expect(settings.bootstrapServers == "a:1,b")
        #expect(settings.client.clientID == "x")
        #expect(settings.client.requestTimeoutMs == 13)
    }

    @Test func takesWhatMembersOfGroupsSay() throws {
        var settings = ClientSettings()
        try settings.apply(argument: "auto.offset.reset=by_duration:PT1H30M")
        guard case .ago(5_400_000)? = settings.offsetReset else {
            Issue.record("\(String(describing: settings.offsetReset))")
            return
        }
        let java = "org.apache.kafka.clients.consumer."
        try settings.apply(
            argument: "partition.assignment.strategy=\(java)StickyAssignor, range")
        #expect(settings.group.assignors == [.sticky, .range])
    }

    @Test(arguments: [
        ("auto.offset.reset=by_duration:1h", "by_duration:PT1H"),
        ("auto.offset.reset=by_duration:-PT1H", "by_duration:PT1H"),
        ("partition.assignment.strategy=stick", "range, roundrobin, sticky"),
        ("linger.mss=5", "did you mean linger.ms?"), ("linger.ms=x", "a number from 0"),
        ("acks=2", "0, 1 or all"), ("zzzzzzzzzz=1", "unknown setting zzzzzzzzzz"),
        ("x", "-X name=value"),
        ("security.protocol=TLS", "SASL_SSL"), ("=1", "no setting"),
    ])
    func saysWhatIsWrong(text: String, expected: String) {
        var settings = ClientSettings()
        #expect {
            try settings.apply(argument: text)
        } throws: { error in
            let failure = error as? CommandFailure
            return failure?.status == .usage && failure?.message.contains(expected) == true
        }
    }

    @Test func everyNameIsThereOnce() {
        let names = ClientSettings.definitions.flatMap(\.names)
        #expect(Set(names).count == names.count)
    }

    private func target(
        _ words: [String], _ environment: [String: String], _ setting: String? = nil
    ) throws -> BrokerTarget {
        var settings = ClientSettings()
        settings.bootstrapServers = setting
        return try BrokerTarget(GlobalOptions.parse(words), settings, environment: environment)
    }

    @Test func flagsWinOverSettingsOverEnvironment() throws {
        let home = ["HOME": "/h", "SKAFKA_BOOTSTRAP_SERVERS": "env:1", "SKAFKA_DATA_DIR": "e"]
        let tcp = { (host: String, port: Int) in
            BrokerTarget.cluster([.tcp(host: host, port: port)])
        }
        #expect(try target(["-b", "flag:2"], home, "x:3") == tcp("flag", 2))
        #expect(
            try target(["-d", "D"], home, "x:3") == .embedded(directory: "D", isDefault: false))
        #expect(try target([], home, "x:3") == tcp("x", 3))
        #expect(try target([], home) == tcp("env", 1))
        #expect(try target([], ["KAFKA_BOOTSTRAP_SERVERS": "k"]) == tcp("k", 9092))
        #expect(
            try target([], ["HOME": "/h", "SKAFKA_DATA_DIR": "e", "SKAFKA_BOOTSTRAP_SERVERS": ""])
                == .embedded(directory: "e", isDefault: false))
        #expect(
            try target([], ["HOME": "/h"])
                == .embedded(directory: "/h/.local/share/skafka", isDefault: true))
        #expect(
            try target([], ["HOME": "/h", "XDG_DATA_HOME": "/x"])
                == .embedded(directory: "/x/skafka", isDefault: true))
        #expect(throws: CommandFailure.self) { try target([], [:]) }
        #expect(throws: CommandFailure.self) { try target(["-b", "a", "-d", "D"], home) }
        #expect(throws: CommandFailure.self) { try target(["-b", "a:b"], home) }
        #expect(throws: CommandFailure.self) { try target(["-b", "a,"], home) }
    }
}
