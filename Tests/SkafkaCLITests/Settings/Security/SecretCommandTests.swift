import KafkaSecurity
import Testing

@testable import SkafkaCLI

@Suite struct SecretCommandTests {
    private func run(_ command: String, timeoutMs: Int = 30_000) throws(SecretError) -> Secret {
        try SecretCommand(command: command, setting: "x.command", timeoutMs: timeoutMs).run()
    }

    @Test func givesItsOutputWithoutTheLastNewline() throws {
        #expect(try run("echo secret") == Secret("secret"))
        #expect(try run("printf 'two\\nlines\\r\\n'") == Secret("two\nlines"))
        #expect(try run("printf ' a '; cat") == Secret(" a "), "standard input is empty")
    }

    @Test(arguments: [
        ("echo hunter2; exit 3", "exit status 3", SecretError.Kind.failed),
        ("kill -9 $$", "signal 9", .failed),
        ("sleep 60", "did not end within 200 ms", .failed),
        ("yes hunter2", "more than a secret has", .failed),
        ("true", "gave nothing", .unusable),
        ("printf '\\377'", "no UTF-8", .unusable),
    ])
    func saysHowItFailed(command: String, reason: String, kind: SecretError.Kind) {
        #expect {
            _ = try run(command, timeoutMs: command.hasPrefix("sleep") ? 200 : 30_000)
        } throws: { error in
            guard let error = error as? SecretError else { return false }
            return error.kind == kind && error.reason.contains(reason)
                && error.reason.contains("x.command") && !error.reason.contains("hunter2")
        }
    }
}
