import ArgumentParser
import Testing

@testable import SkafkaCLI

@Suite struct GlobalOptionHoistingTests {
    @Test(
        arguments: [
            (["-d", "D", "topics", "list"], ["topics", "list", "-d", "D"]),
            (["-q", "--timeout=5s", "consume", "t"], ["consume", "-q", "--timeout=5s", "t"]),
            (["-bhost:1", "produce", "t"], ["produce", "-bhost:1", "t"]),
            (["consume", "-q"], ["consume", "-q"]), (["--help"], ["--help"]), ([], []),
            (["-q"], ["-q"]), (["-d", "D"], ["-d", "D"]),
            (["-q", "--nope", "x"], ["-q", "--nope", "x"]),
            (["-q", "topics"], ["topics", "-q"]),
            (["-b", "h", "groups", "list"], ["groups", "list", "-b", "h"]),
            (["-b", "h", "groups", "--list"], ["groups", "list", "-b", "h"]),
            (["groups", "-b", "h", "--json", "list"], ["groups", "list", "-b", "h", "--json"]),
            (["-q", "groups", "-bh", "list", "x"], ["groups", "list", "-q", "-bh", "x"]),
            (["groups", "-q"], ["groups", "-q"]),
            (["groups", "-b", "h", "--list"], ["groups", "list", "-b", "h"]),
        ] as [([String], [String])])
    func moves(words: [String], expected: [String]) {
        #expect(GlobalOptionHoisting.hoist(words) == expected)
    }

    @Test(
        arguments: [
            (["skafka", "consume", "-b", "h:1", "-q", "t", "-X"], ["-b", "h:1"]),
            (["produce", "-bh:1", "--timeout=1s", "--", "-d", "D"], ["-bh:1", "--timeout=1s"]),
        ] as [([String], [String])])
    func findsWhatSaysWhichBroker(words: [String], expected: [String]) {
        #expect(GlobalOptionHoisting.brokerWords(in: words) == expected)
    }

    /// A shell hands its own options to its commands: none may be forgotten.
    @Test func allOptionsCanBeWrittenAgain() throws {
        let common = CommandTree(of: GlobalOptionsOnly.self).arguments.filter(\.isCommon)
        var words: [String] = []
        for argument in common {
            let name = try #require(argument.names.last { $0.hasPrefix("--") })
            words.append(name)
            guard argument.kind == .option else { continue }
            switch argument.candidates {
            case .values(let values): words.append(values[1])
            default: words.append(name == "--timeout" ? "7s" : "x")
            }
        }
        let written = try GlobalOptions.parse(words).words(besides: false)
        #expect(Set(written) == Set(words))
        let others = try GlobalOptions.parse(words).words(besides: true)
        #expect(!others.contains("--bootstrap-server") && !others.contains("--data-dir"))
    }
}

private struct GlobalOptionsOnly: ParsableCommand {
    @OptionGroup(title: "Common options") var global: GlobalOptions
}
