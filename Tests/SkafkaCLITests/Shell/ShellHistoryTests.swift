import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct ShellHistoryTests {
    @Test(
        arguments: [
            ("topics list", true), (" topics list", false), ("", false),
            ("topics list -X sasl.password=x", false), ("a -X ssl.key.PASSWORD=x", false),
            ("a -X sasl.password.file=/run/p", true),
            ("a -X sasl.password.command='echo x'", false), ("a -X ssl.key.pem=x", false),
            ("a -X \"ssl.keystore.key=x\"", false), ("topics alter t -c retention.ms=1", true),
            ("a -X sasl.password.file=p -X sasl.password=x", false),
            ("a -X 'sasl.jaas.config=org…'", false), ("users set --secret x", false),
            ("consume tokens", true), ("a token=1", false),
        ] as [(String, Bool)])
    func secretsAreNotKept(line: String, isKept: Bool) {
        #expect(ShellHistory.keeps(line) == isKept)
    }

    @Test func theFileIsCutWhenItHasGrown() throws {
        let directory = try TemporaryDirectory()
        let history = ShellHistory(environment: ["XDG_STATE_HOME": directory.path])
        #expect(history.load() == [])
        let count = 2 * ShellHistory.maxLines + 1
        history.append((1..<count).map { "line \($0)" }.joined(separator: "\n"))
        history.append("the last")
        let lines = history.load()
        #expect(lines.count == ShellHistory.maxLines)
        #expect(lines.last == "the last")
        let text = try Fixtures.text("\(directory.path)/skafka/history")
        #expect(text.split(separator: "\n").count == ShellHistory.maxLines)
    }

    @Test func withoutAPlaceThereIsNone() {
        let history = ShellHistory(environment: [:])
        history.append("a")
        #expect(history.load() == [])
    }
}
