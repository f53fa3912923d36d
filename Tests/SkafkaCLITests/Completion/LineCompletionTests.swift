import Testing

@testable import SkafkaCLI

@Suite struct LineCompletionTests {
    /// A source that has some names of each kind, and a closure that was asked for them.
    private func completion(
        live: @escaping (LineCompletion.LiveRequest) -> [String] = { _ in ["orders", "other", "x"] }
    ) -> LineCompletion {
        LineCompletion(
            tree: .skafka,
            sources: .init(
                live: live,
                files: { prefix, isDirectory in
                    (isDirectory ? ["dir/"] : ["dir/", "file a"]).filter { $0.hasPrefix(prefix) }
                }))
    }

    private func candidates(_ line: String) -> [String] {
        completion().complete(Array(line.utf8)).candidates
    }

    @Test(
        arguments: [
            ("topi", ["topics"]), ("topics de", ["delete", "describe"]), ("us", ["use", "users"]),
            ("help topi", ["topics"]), ("help topics cr", ["create"]), ("use or", ["orders"]),
            ("topics describe o", ["orders", "other"]),
            ("topics describe a o", ["orders", "other"]),
            ("consume --topic=ord", ["--topic=orders"]), ("consume -t or", ["orders"]),
            ("produce --part", ["--partition", "--partitioner"]),
            ("produce --partitioner c", ["consistent"]), ("produce -z l", ["lz4"]),
            ("consume --isolation-level read_c", ["read_committed"]),
            ("consume -d ", ["dir/"]), ("dump-segment f", ["file a"]),
            ("topics list > f", ["file a"]), ("topics list | cat f", ["file a"]),
            ("topics list; consume or", ["orders"]), ("skafka consume or", ["orders"]),
            ("-b h:1 consume or", ["orders"]), ("consume 'or", ["orders"]),
            ("exit ", []), ("nope ", []), ("use a ", []), ("topics list o", []),
        ] as [(String, [String])])
    func offers(line: String, expected: [String]) {
        #expect(candidates(line) == expected)
    }

    @Test func aFlagIsOfferedOnceAndARepeatableOptionAgain() {
        #expect(candidates("consume --e").contains("--exit"))
        #expect(!candidates("consume -e --e").contains("--exit"))
        #expect(candidates("consume -X a=b --se") == ["--setting"])
        #expect(!candidates("consume -qe --q").contains("--quiet"))
    }

    @Test func behindTwoDashesAreNoOptions() {
        #expect(candidates("consume -- -") == [])
    }

    @Test func theDefinitionsClosureIsAsked() {
        var asked: [LineCompletion.LiveRequest] = []
        let completion = completion { request in
            asked.append(request)
            return []
        }
        _ = completion.complete(Array("topics alter t -c re".utf8))
        _ = completion.complete(Array("topics alter -q t".utf8))
        #expect(
            asked == [
                .init(
                    path: ["topics", "alter"], argument: "--config", words: ["t", "-c", "re"],
                    prefix: "re"),
                .init(
                    path: ["topics", "alter"], argument: "positional@0", words: ["-q", "t"],
                    prefix: "t"),
            ])
    }

    @Test(
        arguments: [
            ("dump-segment f", 13, ["file\\ a"]), ("dump-segment 'f", 14, ["file a"]),
            ("dump-segment file\\ ", 13, ["file\\ a"]), ("dump-segment \"fi", 14, ["file a"]),
            ("dump-segment fi'le", 16, ["le a"]),
        ] as [(String, Int, [String])])
    func isQuotedAsTheWordIs(line: String, start: Int, expected: [String]) {
        let result = completion().complete(Array(line.utf8))
        let words = result.insertions(behind: start, of: Array(line.utf8))
        #expect(words.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test func theCommonBeginningEndsBetweenCharacters() {
        let words = ["grün", "grüß", "grü"].map { Array($0.utf8) }
        #expect(LineCompletion.commonBeginning(of: words) == Array("grü".utf8))
        let halves = ["ä", "ö"].map { Array($0.utf8) }
        #expect(LineCompletion.commonBeginning(of: halves) == [])
    }
}
