import TestSupport
import Testing

@testable import KafkaSecurity

@Suite struct HashFunctionTests {
    /// FIPS 180's examples.
    @Test func hashes() {
        #expect(
            Hex.encode(HashFunction.sha256.hash(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Hex.encode(HashFunction.sha512.hash([])).hasPrefix("cf83e1357eefb8bdf1542850d66d8007"))
    }

    /// RFC 4231, test case 2.
    @Test func hmacs() {
        let key = Array("Jefe".utf8)
        let text = Array("what do ya want for nothing?".utf8)
        #expect(
            Hex.encode(HashFunction.sha256.hmac(key: key, text))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            Hex.encode(HashFunction.sha512.hmac(key: key, text)).hasPrefix(
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"))
    }

    /// RFC 7914, section 11.
    @Test func derivesKeys() {
        let derived = HashFunction.sha256.pbkdf2(
            password: Array("passwd".utf8), salt: Array("salt".utf8), iterations: 1)
        #expect(
            Hex.encode(derived)
                == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
        #expect(HashFunction.sha512.pbkdf2(password: [], salt: [1], iterations: 2).count == 64)
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func encodesBase64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg= =", "====", "Zg==Zg==", "Zm9v\n", "Zm9*"])
    func refusesWhatIsNoBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func comparesBytes() {
        #expect(Libcrypto.isEqual([1, 2], [1, 2]))
        #expect(!Libcrypto.isEqual([1, 2], [1, 3]))
        #expect(!Libcrypto.isEqual([1, 2], [1]))
        #expect(Libcrypto.randomBytes(24) != Libcrypto.randomBytes(24))
    }
}
