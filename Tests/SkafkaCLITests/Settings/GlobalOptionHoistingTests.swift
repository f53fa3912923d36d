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
        ] as [([String], [String])])
    func moves(words: [String], expected: [String]) {
        #expect(GlobalOptionHoisting.hoist(words) == expected)
    }
}
