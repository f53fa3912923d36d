import ArgumentParser
import Testing

@testable import SkafkaCLI

@Suite struct GetoptFormTests {
    @Test(
        arguments: [
            (["-eqc1", "t"], ["-e", "-q", "-c1", "t"]),
            (["-Cet", "t", "-c", "-1"], ["-C", "-e", "-t", "t", "-c-1"]),
            (["--max-messages", "-1", "-o", "-5"], ["--max-messages=-1", "-o-5"]),
            (["-f", "-x", "-ex", "--", "-eqc1"], ["-f", "-x", "-ex", "--", "-eqc1"]),
            (["-tname", "-eY", "--exit", "-5"], ["-tname", "-eY", "--exit", "-5"]),
        ] as [([String], [String])])
    func writesWhatTheParserTakes(words: [String], expected: [String]) {
        #expect(
            GetoptForm.rewritten(words, of: CommandTree(of: ConsumeCommand.self)) == expected)
    }

    @Test func valuesStandInTheWordOfFlags() throws {
        let consume = try #require(
            try CommandPath.parse(["consume", "-Ceqc1", "-ut", "t"]) as? ConsumeCommand)
        #expect(consume.exitsAtEnd && consume.unbuffered && consume.maxMessages == 1)
        #expect(consume.topicOptions == ["t"])
        let produce = try #require(
            try CommandPath.parse(["produce", "-qPt", "t"]) as? ProduceCommand)
        #expect(produce.topic == "t" && produce.global.quiet)
    }

    /// A negative number is never taken for a flag, so that what is said is about the number.
    @Test func noOptionMissesANegativeValue() {
        for command in leaves(of: CommandTree.skafka) {
            for option in command.arguments where option.kind == .option {
                for name in option.names {
                    let joined = name + (name.hasPrefix("--") ? "=" : "") + "-5"
                    #expect(GetoptForm.rewritten([name, "-5"], of: command) == [joined])
                }
            }
        }
        #expect(throws: CommandFailure.self) {
            let command = try CommandPath.parse(["consume", "t", "-c", "-5"])
            _ = try ConsumePlan(try #require(command as? ConsumeCommand), isTerminal: false)
        }
    }

    private func leaves(of tree: CommandTree) -> [CommandTree] {
        tree.subcommands.isEmpty ? [tree] : tree.subcommands.flatMap(leaves)
    }
}
