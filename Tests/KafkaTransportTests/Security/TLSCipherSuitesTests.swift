import KafkaSecurity
import NIOSSL
import Testing

@testable import KafkaTransport

@Suite struct TLSCipherSuitesTests {
    @Test(
        arguments: [
            ([], nil, false), (["HIGH", "!aNULL"], nil, false),
            (["TLS_AES_128_GCM_SHA256"], nil, true),
            (
                ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "AES128-SHA", "TLS_FOO"],
                "ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA", false
            ),
        ] as [([String], String?, Bool)])
    func areTaken(names: [String], tls12: String?, isTLS13Alone: Bool) throws {
        let suites = try TLSCipherSuites(names)
        #expect(suites.tls12 == tls12)
        #expect(suites.isTLS13Alone == isTLS13Alone)
    }

    @Test func areRefusedWhenNoneIsKnown() {
        #expect(throws: SecretError.self) { try TLSCipherSuites(["TLS_FOO", "!RC4"]) }
    }

    /// What is handed on is known there, each by itself.
    @Test func allAreKnownToTheLibrary() throws {
        for auth in ["ECDHE-ECDSA-", "ECDHE-RSA-", ""] {
            for cipher in ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA"] {
                var configuration = TLSConfiguration.makeClientConfiguration()
                configuration.cipherSuites = try #require(
                    try TLSCipherSuites([auth + cipher]).tls12)
                #expect(configuration.cipherSuiteValues.contains { $0.rawValue >> 8 != 0x13 })
            }
        }
    }
}
