import TestSupport
import Testing

@testable import KafkaSecurity

@Suite struct JaasConfigTests {
    private let plain = "org.apache.kafka.common.security.plain.PlainLoginModule"

    @Test(arguments: [
        (#"{} required username="alice" password="a b\"c\\d;=";"#, #"a b"c\d;="#),
        ("{} required\n  username='alice'\n\tpassword=secret;\n", "secret"),
        (#"{} REQUIRED username = "alice"  password = "" ;"#, ""),
        (#"shaded.{} sufficient username=alice password="tab\tü";"#, "tab\tü"),
    ])
    func isRead(text: String, password: String) throws {
        let config = try #require(JaasConfig(text.replacing("{}", with: plain)))
        #expect(config.module == .plain)
        #expect(config.options == ["username": "alice", "password": password])
    }

    @Test func knowsTheModules() {
        let scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        #expect(JaasConfig(scram)?.module == .scram)
        #expect(JaasConfig("x.OAuthBearerLoginModule required a=b;")?.module == .oauthBearer)
        #expect(JaasConfig("com.sun.security.auth.module.Krb5LoginModule required;") == nil)
    }

    @Test(arguments: [
        "", "{}", "{} required", "{} needed;", "{} required username;", "{} required username=;",
        "{} required =x;", #"{} required username="open;"#, "{} required; {} required;",
        "{} required a=b; trailing",
    ])
    func isRefused(text: String) {
        #expect(JaasConfig(text.replacing("{}", with: plain)) == nil)
    }

    @Test func takesAnyText() throws {
        let pieces = [
            plain, "required", " ", "=", ";", "\"", "'", "\\", "a", "ü", "\n", "username",
        ]
        try Seeds.run(2000) { _, generator in
            let count = Int.random(in: 0..<12, using: &generator)
            let words = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }
            _ = JaasConfig(words.joined())
        }
    }
}
