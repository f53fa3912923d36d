import KafkaClient
import Testing

@testable import SkafkaCLI

@Suite struct ConfigChangesTests {
    @Test func everyFormIsAChange() throws {
        let changes = try ConfigChanges.parse(
            set: ["a=1=2"], addConfig: ["b=[x,y],c=", "d=3"], delete: ["e,f"], append: ["g=z"],
            subtract: ["h=z"])
        #expect(
            changes == [
                .init("a", .set, "1=2"), .init("b", .set, "x,y"), .init("c", .set, ""),
                .init("d", .set, "3"), .init("e", .delete), .init("f", .delete),
                .init("g", .append, "z"), .init("h", .subtract, "z"),
            ])
    }

    @Test(
        arguments: [
            (["a"], [], []), (["=1"], [], []), ([], ["a=1,b"], []), ([], [], ["a,"]),
            (["a=1", "a=2"], [], []), (["a=1"], [], ["a"]),
        ] as [([String], [String], [String])])
    func refusesTheRest(set: [String], addConfig: [String], delete: [String]) {
        #expect {
            try ConfigChanges.parse(set: set, addConfig: addConfig, delete: delete)
        } throws: { ($0 as? CommandFailure)?.status == .usage }
    }

    private func choice(_ words: String...) throws -> ConfigChoice {
        let command = try CommandPath.parse(["configs", "describe"] + words)
        return try #require(command as? ConfigsDescribeCommand).resources.choice()
    }

    @Test func resourcesAreNamedInManyWays() throws {
        #expect(try choice("orders").resources == [.topic("orders")])
        #expect(try choice("topic", "a", "b").resources == [.topic("a"), .topic("b")])
        #expect(try choice("topics", "a").resources == [.topic("a")])
        #expect(try choice("-t", "topic").resources == [.topic("topic")])
        #expect(try choice("broker", "0", "default").resources == [.broker(0), .brokerDefaults])
        #expect(try choice("--broker", "1", "--group", "g").resources == [.broker(1), .group("g")])
        #expect(try choice("brokers").wholeKinds == [.broker])
        #expect(
            try choice("--entity-type", "brokers", "--entity-default").resources
                == [.brokerDefaults])
        #expect(
            try choice("--entity-type", "topics", "--entity-name", "a").resources == [.topic("a")])
        #expect(try choice("broker-logger", "3").resources == [.brokerLogger(3)])
        #expect(try choice("client-metrics", "m").resources == [.clientMetrics("m")])
        #expect(try choice("a", "-t", "a").resources == [.topic("a")])
        #expect(try choice().isEmpty)
    }

    @Test(arguments: [
        ["broker", "x"], ["topic", ""], ["--entity-name", "a"], ["--entity-type", "users"],
        ["--entity-type", "topcs", "--entity-name", "a"],
    ])
    func refusesOthers(words: [String]) throws {
        let command = try CommandPath.parse(["configs", "describe"] + words)
        let resources = try #require(command as? ConfigsDescribeCommand).resources
        #expect {
            try resources.choice()
        } throws: { ($0 as? CommandFailure)?.status == .usage }
    }
}
