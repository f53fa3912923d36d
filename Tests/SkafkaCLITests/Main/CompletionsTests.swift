import ArgumentParser
import TestSupport
import Testing

@testable import SkafkaCLI

/// The committed completion scripts are what the commands' definition gives.
@Suite struct CompletionsTests {
    @Test(arguments: [
        (CompletionShell.bash, "skafka.bash"), (.zsh, "_skafka"), (.fish, "skafka.fish"),
    ])
    func areFresh(shell: CompletionShell, name: String) throws {
        let committed = try Fixtures.text("\(Fixtures.packageRoot)/completions/\(name)")
        let fresh = Skafka.completionScript(for: shell)
        let isFresh = committed.trimmingLastNewline() == fresh.trimmingLastNewline()
        #expect(
            isFresh,
            """
            completions/\(name) is old: \
            skafka --generate-completion-script \(shell.rawValue) > completions/\(name)
            """)
    }
}

extension String {
    fileprivate func trimmingLastNewline() -> Substring {
        hasSuffix("\n") ? dropLast() : self[...]
    }
}
