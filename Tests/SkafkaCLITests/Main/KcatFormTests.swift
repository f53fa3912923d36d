import Testing

@testable import SkafkaCLI

@Suite struct KcatFormTests {
    @Test(
        arguments: [
            (
                ["-C", "-b", "h", "-t", "t", "-eqc1"],
                ["consume", "-b", "h", "-t", "t", "-e", "-q", "-c", "1"]
            ),
            (["-b", "h", "-G", "g", "a", "b"], ["consume", "-b", "h", "-G", "g", "a", "b"]),
            (["-Pt", "t", "-k", "-C", "file"], ["produce", "-t", "t", "-k", "-C", "file"]),
            (["-L", "-b", "h", "-J", "-d", "all"], ["topics", "describe", "-b", "h", "--json"]),
            (
                ["-Q", "-b", "h", "-t", "t:1:99"],
                ["offsets", "get", "-b", "h", "t", "-p", "1", "--time", "99"]
            ),
            (["-P", "--", "-L"], ["produce", "--", "-L"]), (["-V"], ["--version"]),
        ] as [([String], [String])])
    func modesAreCommands(words: [String], expected: [String]) throws {
        #expect(try KcatForm.rewritten(words) == expected)
    }

    @Test func withoutAModeTheInputDecides() throws {
        let words = ["-b", "h", "-t", "t", "-e"]
        #expect(try KcatForm.rewritten(words, isInputTerminal: true) == ["consume"] + words)
        #expect(try KcatForm.rewritten(words, isInputTerminal: false) == ["produce"] + words)
    }

    @Test func otherWordsAreLeftAlone() throws {
        for words in [[], ["--help"], ["-h"], ["-b", "-C"], ["nope", "-q"], ["-b", "h", "-t"]] {
            #expect(try KcatForm.rewritten(words) == nil)
        }
        #expect(throws: CommandFailure.self) { try KcatForm.rewritten(["-Q", "-t", "t"]) }
    }

    @Test func aCommandLineOfKcatIsTaken() throws {
        let consume = try #require(
            try CommandPath.parse(["-C", "-b", "h", "-t", "t", "-o", "-5", "-eq"])
                as? ConsumeCommand)
        #expect(consume.offsets == ["-5"] && consume.exitsAtEnd && consume.topicOptions == ["t"])
        let group = try #require(
            try CommandPath.parse(["-b", "h", "-G", "g", "a", "b"]) as? ConsumeCommand)
        #expect(group.group == "g" && group.topicArguments == ["a", "b"])
    }
}
