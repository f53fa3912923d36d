import ArgumentParser
import KafkaClient
import Testing

@testable import SkafkaCLI

/// What `copy` and `compare` make of their words.
@Suite struct CopyPlanTests {
    private func copy(_ words: String...) throws -> CopyPlan {
        let command = try #require(try Skafka.parseAsRoot(["copy"] + words) as? CopyCommand)
        return try CopyPlan(command)
    }

    @Test func names() throws {
        let one = try copy("a", "b")
        #expect(one.sources == ["a"] && one.destination(of: "a") == "b" && one.isOneCluster)
        let abroad = try copy("a", "--to-bootstrap-server", "h:1")
        #expect(abroad.destination(of: "a") == "a" && !abroad.isOneCluster)
        let several = try copy("-t", "a", "-t", "b", "--rename", "x.%t.y")
        #expect(several.sources == ["a", "b"])
        #expect(several.destination(of: "b") == "x.b.y")
        #expect(try copy("-r", "a.*", "--rename", "%t-%t").destination(of: "a1") == "a1-a1")
    }

    @Test func itEndsUnlessItFollows() throws {
        #expect(try copy("a", "b").to == .end)
        #expect(try copy("a", "b", "-o", "3:9").to == .absolute(9))
        #expect(try copy("a", "b", "--follow").to == nil)
        #expect(try copy("a", "b", "--follow", "-o", "3").from == .absolute(3))
    }

    @Test func whereItIsKeptHowFarItCame() throws {
        #expect(try copy("a", "b").keeping == .nowhere)
        #expect(try copy("a", "b", "-g", "g").keeping == .group("g"))
        let exact = try copy("a", "b", "--transactional-id", "t")
        #expect(exact.keeping == .transactions(group: "t"))
        #expect(exact.otherSettings.producer.transactionalID == "t")
        #expect(
            try copy("a", "b", "--transactional-id", "t", "-g", "g").keeping
                == .transactions(group: "g"))
    }

    @Test func theSecondClusterHasSettingsOfItsOwn() throws {
        let plan = try copy(
            "a", "-b", "one:1", "-X", "client.id=first", "--to-bootstrap-server", "two:2",
            "--to-setting", "client.id=second")
        #expect(plan.options.bootstrapServers == "one:1")
        #expect(plan.otherOptions.bootstrapServers == "two:2")
        #expect(plan.settings.client.clientID == "first")
        #expect(plan.otherSettings.client.clientID == "second")
        // An address among the settings counts before the environment's.
        let named = try copy("a", "--to-setting", "bootstrap.servers=three:3")
        #expect(named.otherOptions.bootstrapServers == "three:3")
    }

    @Test(arguments: [
        ["a"], ["a", "a"], ["-t", "a", "-t", "b"], ["a", "b", "c"],
        ["a", "--to-setting", "linger.ms=1"], ["a", "b", "--no-such"],
    ])
    func refused(words: [String]) {
        #expect(throws: (any Error).self) {
            let command = try Skafka.parseAsRoot(["copy"] + words) as? CopyCommand
            _ = try CopyPlan(#require(command))
        }
    }

    @Test func compareTakesOneTopicWhereThereAreTwoClusters() throws {
        let command = try #require(
            try Skafka.parseAsRoot(["compare", "a", "--to-data-dir", "/d"]) as? CompareCommand)
        let plan = try ComparePlan(command)
        #expect(plan.topic == "a" && plan.otherTopic == "a")
        #expect(plan.otherOptions.dataDirectory == "/d" && plan.options.dataDirectory == nil)
    }
}
