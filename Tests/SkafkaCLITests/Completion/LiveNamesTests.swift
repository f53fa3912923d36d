import Testing

@testable import SkafkaCLI

@Suite struct LiveNamesTests {
    @Test func settingsAreThoseOfTheCommand() {
        let client = LiveNames.settings.candidates(["skafka", "consume", "-X"], at: 3, prefix: "")
        #expect(client.contains("fetch.max.bytes=") && !client.contains("num.partitions="))
        let broker = LiveNames.settings.candidates(["skafka", "broker", "-X"], at: 3, prefix: "")
        #expect(broker.contains("num.partitions="))
    }

    @Test func behindTheSignStandWhatASettingTakes() {
        let names = LiveNames.topicSettings.candidates([], at: 0, prefix: "cleanup.policy=")
        #expect(names == ["cleanup.policy=compact", "cleanup.policy=delete"])
        let sizes = LiveNames.topicSettings.candidates([], at: 0, prefix: "segment.bytes=")
        #expect(sizes.isEmpty)
        #expect(
            LiveNames.topicSettingNames.candidates([], at: 0, prefix: "").contains("retention.ms"))
    }

    @Test func aBrokerThatIsNotThereHasNoNames() {
        let words = ["skafka", "consume", "-b", "127.0.0.1:1", ""]
        #expect(LiveNames.topics.candidates(words, at: 4, prefix: "") == [])
        #expect(LiveNames.groups.candidates(words, at: 4, prefix: "") == [])
    }
}
