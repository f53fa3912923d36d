import Testing

@testable import KafkaSecurity

@Suite struct PlainAndBearerTests {
    @Test func plainIsOneMessage() throws {
        let client = PlainClient(username: "tim", password: Secret("tanstaaftanstaaf"))
        // RFC 4616, section 4.
        #expect(try client.begin() == Array("\0tim\0tanstaaftanstaaf".utf8))
        #expect(try client.respond(to: []) == .done)
        #expect(throws: SaslError.self) { _ = try client.respond(to: [1]) }
        for (name, password) in [("a\0b", "p"), ("a", "p\0")] {
            let client = PlainClient(username: name, password: Secret(password))
            #expect(throws: SaslError.self) { _ = try client.begin() }
        }
    }

    @Test func bearerIsTokenAndExtensions() throws {
        var plain = OAuthBearerClient(token: Secret("abc.DEF=="))
        #expect(try plain.begin() == Array("n,,\u{1}auth=Bearer abc.DEF==\u{1}\u{1}".utf8))
        #expect(try plain.respond(to: []) == .done)
        let extended = OAuthBearerClient(
            token: Secret("t"),
            extensions: [
                .init(name: "logicalCluster", value: "lkc-1"), .init(name: "x", value: "a b"),
            ])
        #expect(
            try extended.begin()
                == Array("n,,\u{1}auth=Bearer t\u{1}logicalCluster=lkc-1\u{1}x=a b\u{1}\u{1}".utf8))
    }

    @Test func bearerAcknowledgesAnError() throws {
        var client = OAuthBearerClient(token: Secret("t"))
        _ = try client.begin()
        let error = "{\"status\":\"invalid_token\"}"
        #expect(try client.respond(to: Array(error.utf8)) == .send([1]))
        #expect(client.complaint == error)
        #expect { _ = try client.respond(to: []) } throws: { "\($0)".contains("invalid_token") }
    }

    @Test(arguments: ["", "a b", "a\n", "ä"])
    func bearerRefusesATokenThatIsNone(token: String) {
        let client = OAuthBearerClient(token: Secret(token))
        #expect { _ = try client.begin() } throws: { !"\($0)".contains("ä") }
    }

    @Test(arguments: [("auth", "x"), ("", "x"), ("a1", "x"), ("a", ""), ("a", "x\u{1}y")])
    func bearerRefusesAnExtension(name: String, value: String) {
        let client = OAuthBearerClient(
            token: Secret("t"), extensions: [.init(name: name, value: value)])
        #expect(throws: SaslError.self) { _ = try client.begin() }
    }

    /// As librdkafka makes it of `principal=admin scope=role1,role2 lifeSeconds=600`.
    @Test func unsecuredTokenHasThreePartsAndNoSignature() {
        var token = UnsecuredToken()
        token.principal = "ad\"min"
        token.scopes = ["role1", "role2"]
        token.lifeSeconds = 600
        let parts = token.make(nowSeconds: 1000).value.split(
            separator: ".", omittingEmptySubsequences: false)
        #expect(parts.count == 3 && parts[0] == "eyJhbGciOiJub25lIn0" && parts[2].isEmpty)
        let padded = parts[1].replacing("-", with: "+").replacing("_", with: "/")
        let claims = Base64.decode(
            padded + String(repeating: "=", count: (4 - padded.count % 4) % 4))
        #expect(
            claims.map { String(decoding: $0, as: UTF8.self) }
                == #"{"sub":"ad\"min","iat":1000,"exp":1600,"scope":["role1","role2"]}"#)
    }
}
