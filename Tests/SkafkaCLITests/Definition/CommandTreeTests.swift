import Testing

@testable import SkafkaCLI

@Suite struct CommandTreeTests {
    @Test func holdsWhatTheDefinitionSays() throws {
        let (list, rest) = CommandTree.skafka.command(of: ["topics", "list", "--internal"])
        #expect(list.path == ["topics", "list"])
        #expect(rest == ["--internal"])
        #expect(list.usage == "skafka topics list [--internal] [options]")
        #expect(list.examples.first == "skafka topics list")
        let bootstrap = try #require(list.option(named: "-b"))
        #expect(bootstrap.isCommon && bootstrap.kind == .option)
        #expect(bootstrap.names == ["-b", "--bootstrap-server"])
        #expect(list.option(named: "--internal")?.kind == .flag)
        #expect(list.option(named: "--color")?.candidates == .values(["auto", "always", "never"]))
    }

    /// Every command says by examples how it is called, and what it takes a topic's name for.
    @Test func everyCommandHasExamplesAndOffersTopics() {
        func visit(_ command: CommandTree) {
            let path = command.path.joined(separator: " ")
            #expect(!command.examples.isEmpty, "\(path) has no examples")
            #expect(!command.abstract.isEmpty, "\(path) says nothing of itself")
            for argument in command.arguments where argument.names.contains("--topic") {
                let isMade = argument.valueName.contains(":")
                #expect(argument.candidates == .live || isMade, "\(path) --topic: no names for Tab")
            }
            for child in command.visibleSubcommands { visit(child) }
        }
        visit(.skafka)
    }

    @Test func discussionsAreTakenApart() {
        let (examples, rest) = Help.parts(of: Help.examples("a\n\n  b", "The\nrest"))
        #expect(examples == ["a", "", "  b"])
        #expect(rest == "The\nrest")
        #expect(Help.parts(of: "No examples").rest == "No examples")
    }

    @Test func malformedDescriptionsAreNothing() {
        #expect(JSONTree("{\"a\":[true,\"x\",{}],\"b\":1}")["a"]?.elements?.count == 3)
        #expect(JSONTree("{\"a\":") == .other)
        #expect(JSONTree("") == .other)
    }
}
