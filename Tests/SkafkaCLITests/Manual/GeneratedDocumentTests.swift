import TestSupport
import Testing

@testable import SkafkaCLI

/// The committed completion scripts and manual pages are what the commands' definition gives.
@Suite struct GeneratedDocumentTests {
    @Test func areFresh() throws {
        for document in GeneratedDocument.all {
            let path = "\(Fixtures.packageRoot)/\(document.path)"
            let isFresh = (try? Fixtures.text(path)) == document.text
            #expect(isFresh, "\(document.path) is old: make docs")
        }
    }

    /// What no command is any more has no page.
    @Test func noneIsLeftOver() {
        let generated = Set(GeneratedDocument.all.map(\.path))
        for directory in ["completions", "man"] {
            for name in Fixtures.entries(of: "\(Fixtures.packageRoot)/\(directory)") {
                #expect(generated.contains("\(directory)/\(name)"), "\(directory)/\(name)")
            }
        }
    }
}
