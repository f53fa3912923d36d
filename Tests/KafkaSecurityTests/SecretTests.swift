import KafkaSecurity
import Testing

@Suite struct SecretTests {
    @Test func showsNowhere() {
        let secret = Secret("hunter2")
        let options = (name: "alice", password: secret)
        var dumped = ""
        dump(options, to: &dumped)
        let client = ScramClient(.sha256, username: "alice", password: secret)
        for text in [
            "\(secret)", String(reflecting: secret), "\(options)", dumped, "\(client)",
            String(reflecting: client), "\(PlainClient(username: "alice", password: secret))",
            "\(OAuthBearerClient(token: secret))",
        ] {
            #expect(!text.contains("hunter2"), "\(text)")
        }
        #expect(secret.value == "hunter2")
    }
}
