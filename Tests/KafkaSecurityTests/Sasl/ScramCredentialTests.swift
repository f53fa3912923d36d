import Testing

@testable import KafkaSecurity

@Suite struct ScramCredentialTests {
    @Test func isTheSameFromAPasswordAndFromASaltedOne() {
        let salted = SaltedPassword(
            .sha256, password: Secret("pencil"), iterations: 4096, salt: [1, 2, 3])
        #expect(
            ScramCredential(.sha256, salted)
                == ScramCredential(
                    .sha256, password: Secret("pencil"), iterations: 4096, salt: [1, 2, 3]))
        let other = SaltedPassword(.sha256, password: Secret("pencil"), iterations: 4096)
        #expect(other.salt.count == 16 && other.bytes.count == 32)
    }

    @Test func isKeptAsText() throws {
        let credential = ScramCredential(.sha512, password: Secret("pencil"), iterations: 5000)
        #expect(credential.text.hasSuffix(",iterations=5000"))
        #expect(ScramCredential(text: credential.text) == credential)
    }

    @Test(arguments: [
        "", "salt=AAAA", "salt=AAAA,stored_key=AAAA,server_key=AAAA,iterations=x",
        "salt=A,stored_key=AAAA,server_key=AAAA,iterations=1",
        "salt=AAAA,stored_key=AAAA,server_key=AAAA,iterations=1,more=1",
    ])
    func isNoOtherText(text: String) {
        #expect(ScramCredential(text: text) == nil)
    }

    @Test func mechanismsHaveNumbers() {
        #expect(SaslMechanism(scramNumber: 1) == .scramSha256)
        #expect(SaslMechanism(scramNumber: 2) == .scramSha512)
        #expect(SaslMechanism(scramNumber: 0) == nil && SaslMechanism.plain.scramNumber == nil)
        #expect(SaslMechanism.scramSha512.scramNumber == 2)
    }
}
