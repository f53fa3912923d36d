import TestSupport
import Testing

/// Sizes that keep the house comfortable, and an entrance that stays empty.
@Suite struct TidyTests {
    /// Every Swift file that a person wrote.
    private func swiftFiles() -> [String] {
        ["Sources", "Tests"]
            .flatMap { Fixtures.files(under: "\(Fixtures.packageRoot)/\($0)", suffix: ".swift") }
            .filter { !$0.contains("/Generated/") }
    }

    @Test func `No file is longer than 500 lines`() throws {
        let files = swiftFiles()
        #expect(files.count > 50)
        for file in files {
            let count = try Fixtures.text(file).split(
                separator: "\n", omittingEmptySubsequences: false
            ).count
            #expect(count <= 501, "\(file) has \(count) lines")
        }
    }

    @Test func `No line is longer than 100 columns`() throws {
        for file in swiftFiles() {
            for (index, line) in try Fixtures.text(file).split(
                separator: "\n", omittingEmptySubsequences: false
            ).enumerated() {
                #expect(line.count <= 100, "\(file):\(index + 1)")
                #expect(line.last != " " && !line.contains("\t"), "\(file):\(index + 1): blanks")
            }
        }
    }

    /// The list of files at the root is the first thing that a visitor reads.
    @Test func `The root holds nothing else`() {
        let expected: Set = [
            "Package.swift", "README.md", "Sources", "Tests", "completions", "man", "LICENSE",
            "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", ".ci", ".gitignore", ".swift-format",
        ]
        // What git and the tools make, and .gitignore names.
        let made = [".git", ".build", ".swiftpm", "Package.resolved", ".pytest_cache"]
        let found = Fixtures.entries(of: Fixtures.packageRoot).filter { name in
            !made.contains { name.hasPrefix($0) } || name == ".gitignore"
        }
        #expect(Set(found).subtracting(expected) == [])
    }
}
