import Testing

@testable import KafkaSecurity

@Suite struct PlainServerTests {
    private let users = PlainServer.Users(["alice": Secret("wonder"), "ünï": Secret("pässword")])

    private func answer(_ message: String) -> Result<SaslServerStep, SaslError> {
        var server = PlainServer(users)
        return Result { () throws(SaslError) in try server.respond(to: Array(message.utf8)) }
    }

    @Test(arguments: ["\0alice\0wonder", "alice\0alice\0wonder"])
    func letsIn(message: String) throws {
        #expect(try answer(message).get() == .done([], username: "alice"))
    }

    @Test func takesWhatTheClientSends() throws {
        let client = PlainClient(username: "ünï", password: Secret("pässword"))
        var server = PlainServer(users)
        #expect(try server.respond(to: try client.begin()) == .done([], username: "ünï"))
    }

    @Test(arguments: [
        ("\0alice\0wonde", "Invalid username or password"),
        ("\0alice\0wonder ", "Invalid username or password"),
        ("\0bob\0wonder", "Invalid username or password"),
        ("\0alice\0", "password not specified"), ("\0\0wonder", "username not specified"),
        ("bob\0alice\0wonder", "authorization id that is different"),
        ("alice\0wonder", "expected 3 tokens, got 2"), ("", "expected 3 tokens, got 1"),
        ("\0alice\0wonder\0", "expected 3 tokens, got 4"),
    ])
    func refuses(message: String, reason: String) {
        guard case .failure(let error) = answer(message) else {
            Issue.record("let in")
            return
        }
        #expect(error.reason.contains(reason) && !error.reason.contains("alice"))
    }

    @Test func aLongMessageIsNotLookedAt() {
        #expect(throws: SaslError.self) {
            try answer("\0alice\0" + String(repeating: "x", count: 1 << 20)).get()
        }
    }

    @Test func usersComeFromALoginModule() throws {
        let config = try #require(
            JaasConfig(
                "org.apache.kafka.common.security.plain.PlainLoginModule required "
                    + #"username="admin" password="x" user_admin="x" user_a.b="y z";"#))
        let users = PlainServer.Users(config)
        #expect(users == .init(["admin": Secret("x"), "a.b": Secret("y z")]))
        #expect(!users.isEmpty && PlainServer.Users([:]).isEmpty)
    }
}
