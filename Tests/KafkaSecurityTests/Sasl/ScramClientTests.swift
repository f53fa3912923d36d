import TestSupport
import Testing

@testable import KafkaSecurity

/// The exchanges of RFC 7677 and of RFC 5802's form, and servers that do not keep to them.
@Suite struct ScramClientTests {
    /// RFC 7677, section 3.
    private let first =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    private let last = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

    private func client(
        _ hash: HashFunction = .sha256, name: String = "user", password: String = "pencil",
        nonce: String = "rOprNGfwEbeRWgbNEkqO"
    ) -> ScramClient {
        ScramClient(hash, username: name, password: Secret(password), nonce: nonce)
    }

    private func text(_ step: SaslStep) -> String? {
        guard case .send(let bytes) = step else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func isThatOfRFC7677() throws {
        var client = client()
        #expect(try client.begin() == Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8))
        let final = try client.respond(to: Array(first.utf8))
        #expect(
            text(final)
                == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        #expect(try client.respond(to: Array(last.utf8)) == .done)
        #expect(client.mechanism == .scramSha256)
    }

    /// The numbers of RFC 5802's example under SHA-512, computed with Python's hashlib and hmac.
    @Test func isThatOfSHA512() throws {
        var client = client(.sha512)
        _ = try client.begin()
        let final = try client.respond(to: Array(first.utf8))
        let proof =
            "p=gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMl"
            + "TN8PPC6wdp6dybEmDYXYTxwnYPJQ=="
        let signature =
            "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifD"
            + "SeVGT4+5ZxXnJq199RVG2rR7N7Zw=="
        #expect(text(final)?.hasSuffix(proof) == true)
        #expect(try client.respond(to: Array(signature.utf8)) == .done)
        #expect(client.mechanism == .scramSha512)
    }

    @Test func namesAreEscapedAndNoncesDiffer() throws {
        var odd = client(name: "a=b,c", nonce: "x")
        #expect(try odd.begin() == Array("n,,n=a=3Db=2Cc,r=x".utf8))
        var one = ScramClient(.sha256, username: "u", password: Secret("p"))
        var other = ScramClient(.sha256, username: "u", password: Secret("p"))
        #expect(try one.begin() != other.begin())
    }

    @Test(arguments: [
        ("", "malformed"), ("r=", "malformed"),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=AA==", "malformed"),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=*,i=4096", "malformed"),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", "malformed"),
        ("s=AA==,r=rOprNGfwEbeRWgbNEkqOx,i=4096", "malformed"),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=AA==,i=x", "malformed"),
        ("r=another,s=AA==,i=4096", "nonce"),
        ("r=rOprNGfwEbeRWgbNEkqO,s=AA==,i=4096", "nonce"),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=AA==,i=4095", "4095 iterations"),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=AA==,i=1000001", "1000001 iterations"),
        ("m=ext,r=rOprNGfwEbeRWgbNEkqOx,s=AA==,i=4096", "extension"),
    ])
    func refusesAFirstMessage(message: String, reason: String) throws {
        var client = client()
        _ = try client.begin()
        #expect {
            _ = try client.respond(to: Array(message.utf8))
        } throws: { "\($0)".contains(reason) }
    }

    @Test(arguments: [
        ("", "malformed"), ("v=", "did not prove"), ("v=*", "malformed"),
        ("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "did not prove"),
        ("e=invalid-proof", "invalid-proof"),
    ])
    func refusesAServer(message: String, reason: String) throws {
        var client = client()
        _ = try client.begin()
        _ = try client.respond(to: Array(first.utf8))
        #expect {
            _ = try client.respond(to: Array(message.utf8))
        } throws: { "\($0)".contains(reason) }
    }

    @Test func saysNothingOutOfTurn() throws {
        var early = client()
        #expect(throws: SaslError.self) { _ = try early.respond(to: Array(first.utf8)) }
        var late = client()
        _ = try late.begin()
        _ = try late.respond(to: Array(first.utf8))
        _ = try late.respond(to: Array(last.utf8))
        #expect(throws: SaslError.self) { _ = try late.respond(to: Array(last.utf8)) }
    }

    @Test func takesAnyBytes() throws {
        try Seeds.run(500) { _, generator in
            var client = client(nonce: "n")
            _ = try client.begin()
            var bytes = Array("r=nx,s=AAAA,i=4096".utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                // Not a digit: the number of iterations would take its time.
                bytes[place] = UInt8.random(in: 0x3A...0xFF, using: &generator)
            }
            _ = try? client.respond(to: bytes)
        }
    }
}
