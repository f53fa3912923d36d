import Testing

@testable import SkafkaCLI

@Suite struct HelpTests {
    @Test func examplesAreIndentedAndBlankLinesAreNot() {
        #expect(Help.examples("a\n\n  b") == "Examples:\n  a\n\n    b")
        #expect(Help.examples("é", "rest") == "Examples:\n  é\n\nrest")
    }
}
