import TestSupport
import Testing

@testable import KafkaSecurity

@Suite struct ScramServerTests {
    private let users = [
        "user": ScramCredential(
            .sha256, password: Secret("pencil"), iterations: 4096,
            salt: Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ==") ?? [])
    ]

    private func server() -> ScramServer {
        let users = users
        return ScramServer(.sha256, nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0") { users[$0] }
    }

    private let clientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    private let clientFinal =
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="

    /// RFC 7677, section 3.
    @Test func isThatOfRFC7677() throws {
        var server = self.server()
        let first =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        #expect(try server.respond(to: Array(clientFirst.utf8)) == .challenge(Array(first.utf8)))
        let last = Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)
        #expect(
            try server.respond(to: Array(clientFinal.utf8)) == .done(last, username: "user"))
        #expect(throws: SaslError.self) { _ = try server.respond(to: Array(clientFinal.utf8)) }
    }

    /// Both sides, with names that need escapes and each hash.
    @Test(arguments: [HashFunction.sha256, .sha512], ["alice", "a=b,c", "ünï"])
    func agreesWithTheClient(hash: HashFunction, name: String) throws {
        let credential = ScramCredential(hash, password: Secret("pässword"))
        #expect(credential != ScramCredential(hash, password: Secret("pässword")), "salted")
        for password in ["pässword", "password"] {
            var client = ScramClient(hash, username: name, password: Secret(password))
            var server = ScramServer(hash) { $0 == name ? credential : nil }
            let first = try server.respond(to: try client.begin())
            guard case .challenge(let challenge) = first,
                case .send(let final) = try client.respond(to: challenge)
            else {
                Issue.record("no challenge")
                return
            }
            if password == "password" {
                #expect { _ = try server.respond(to: final) } throws: { error in
                    "\(error)" == "invalid credentials"
                }
            } else {
                guard case .done(let last, username: name) = try server.respond(to: final) else {
                    Issue.record("not let in")
                    return
                }
                #expect(try client.respond(to: last) == .done)
            }
        }
    }

    /// Somebody unknown is asked like everybody, each time with the same salt.
    @Test func doesNotTellWhoIsThere() throws {
        let challenges = try (0..<2).map { _ in
            var server = self.server()
            return try server.respond(to: Array("n,,n=nobody,r=x".utf8))
        }
        #expect(challenges[0] == challenges[1])
        var server = self.server()
        _ = try server.respond(to: Array("n,,n=nobody,r=rOprNGfwEbeRWgbNEkqO".utf8))
        #expect { _ = try server.respond(to: Array(clientFinal.utf8)) } throws: { error in
            "\(error)" == "invalid credentials"
        }
    }

    @Test(arguments: [
        "", "n", "n,,", "n,,n=user", "n,,r=x,n=user", "n,,n=,r=x", "n,,n=user,r=", "n,,n=a=b,r=x",
        "n,,n=a=2,r=x", "p=tls-unique,,n=user,r=x", "n,a=root,n=user,r=x", "n,,m=x,n=user,r=x",
        "n,,n=\u{FF}",
    ])
    func refusesAFirstMessage(message: String) {
        var server = self.server()
        let bytes = message.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        #expect(throws: SaslError.self) { _ = try server.respond(to: bytes) }
        #expect(throws: SaslError.self) { _ = try server.respond(to: Array(clientFirst.utf8)) }
    }

    @Test func takesAnIdentityOfOnesOwn() throws {
        var server = self.server()
        guard case .challenge = try server.respond(to: Array("y,a=user,n=user,r=x".utf8)) else {
            Issue.record("refused")
            return
        }
    }

    @Test func refusesAnyOtherFinalMessage() throws {
        let good = Array(clientFinal.utf8)
        for place in good.indices {
            var bytes = good
            // The last digit of a proof has bits that stand for nothing.
            bytes[place] ^= place == good.count - 2 ? 0x20 : 0x01
            var server = self.server()
            _ = try server.respond(to: Array(clientFirst.utf8))
            #expect(throws: SaslError.self, "byte \(place)") {
                _ = try server.respond(to: bytes)
            }
        }
        for message in ["", "c=biws", "c=biws,r=x,p=", "p=AAAA"] {
            var server = self.server()
            _ = try server.respond(to: Array(clientFirst.utf8))
            #expect(throws: SaslError.self) { _ = try server.respond(to: Array(message.utf8)) }
        }
    }

    /// As librdkafka does before version 2.2.0: the client's nonce, and behind it the whole one.
    @Test func takesANonceThatBeginsTwice() throws {
        var server = self.server()
        guard case .challenge(let challenge) = try server.respond(to: Array(clientFirst.utf8))
        else { return }
        let first = String(decoding: challenge, as: UTF8.self)
        let client = "rOprNGfwEbeRWgbNEkqO"
        let withoutProof = "c=biws,r=\(client)\(client)%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        let functions = ScramFunctions(hash: .sha256)
        let clientKey = functions.clientKey(
            functions.saltedPassword(
                Secret("pencil"), salt: Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ==") ?? [],
                iterations: 4096))
        let proof = functions.proof(
            clientKey: clientKey, storedKey: HashFunction.sha256.hash(clientKey),
            authMessage: "n=user,r=\(client),\(first),\(withoutProof)")
        let final = "\(withoutProof),p=\(Base64.encode(proof))"
        guard case .done(_, username: "user") = try server.respond(to: Array(final.utf8)) else {
            Issue.record("not let in")
            return
        }
        var other = self.server()
        _ = try other.respond(to: Array(clientFirst.utf8))
        #expect(throws: SaslError.self) {
            _ = try other.respond(to: Array((final.replacing("$k0,", with: "$k0x,")).utf8))
        }
    }
}
