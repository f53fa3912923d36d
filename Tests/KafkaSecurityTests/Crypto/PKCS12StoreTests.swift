import Testing

@testable import KafkaSecurity

@Suite struct PKCS12StoreTests {
    /// Of `openssl pkcs12 -export`: a certificate and its key under the password "open".
    private let keystore = """
        MIIEDAIBAzCCA8IGCSqGSIb3DQEHAaCCA7MEggOvMIIDqzCCAmIGCSqGSIb3DQEHBqCCAlMwggJPAgEAMIICSAYJ\
        KoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjWJgiVWS/2tgICCAAwDAYIKoZIhvcNAgkF\
        ADAdBglghkgBZQMEASoEEGDdkhGMvkL4mg1P0paPe7eAggHg6iHrWfdJX+/RN4e7Nh/IB6F2fqgqsXkNmD0eBwfS\
        xKFkZfwhJysqwoWDELWhIt6ke2WphnQc29qdftTGurAJvKSuxhYor3GjsZQ5/gw/LysWi4xc1ufuHj7cR75JSFsy\
        Ty1RKfhiTr0Zu7EUjtpcso2sBT322Hcp97dNzPddpHNh7lq654+xH1xxO6cJoBIZMX6r751M5qklAJHrbEbnIwU7\
        s8tYzVevv2frv8XEM/mj5pkRhF0c0VZupH0JssiPjhxIbIO6Dhn62m3nJKvrEuVg08SxIS+VP+weydxC8jT3gpGC\
        2mNESyALnkYrJsnEc1Rd+CsUkSwG/F/lgFaSPfk07Ny2urREEvPTkptqtV/iIey9W8Txh2OTeGA1b5z5HI6JAT4Y\
        4MHLS68/mcXYusvWM567zCIInAbFTh+UQReETgjOjPXIL+RyJHCFpNr24M23dlSTgOC6shz1lIxPr5i1Wf/5OyUB\
        nTI7KFjx6bScI48IdDxQlcmy9JPPPQjN68g+SiVYi1+LHpI+T2yotkAoKltdTNMNkMYsskIX/2+pLknQrzClFzvU\
        n2bp61bDSBUMiI1HCEHhr7sfofOE7FnMozIX49efTn6OcjjkIDXLgtLKaGnmc+YgWdNRfA5FMIIBQQYJKoZIhvcN\
        AQcBoIIBMgSCAS4wggEqMIIBJgYLKoZIhvcNAQwKAQKgge8wgewwVwYJKoZIhvcNAQUNMEowKQYJKoZIhvcNAQUM\
        MBwECMzngDVIMKPzAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQBnkZkTrWjZEyXATEH/zi+gSBkPwU\
        AD8L3h7NayqsHEREwOSHhLF/VHQQaPzfQBg7HNVv8GKVu4ukCDi4V/85wj0eP10Yg4dsToUnO8gD0i0N47PgB7af\
        YV6XHLnC3kywE24VUUVb5uGWs3GJ5mDttJoSiOlWuVTEB/S88LbfOXeshvooUkaqFWcah5t+Nv1xSMxpKd6RvsuL\
        Z24+RC/tKgFo7TElMCMGCSqGSIb3DQEJFTEWBBQ09O8M1FE5w+mOpnEfIZw9YiK6STBBMDEwDQYJYIZIAWUDBAIB\
        BQAEIF3CVV42cKcxG8Qjaqzc40s7y2E3EQqlnmvUwBFnChKMBAhg/mnunjRFXQICCAA=
        """

    /// With `-nokeys` and an empty password: an authority alone, as truststores hold it.
    private let truststore = """
        MIIChwIBAzCCAj0GCSqGSIb3DQEHAaCCAi4EggIqMIICJjCCAiIGCSqGSIb3DQEHBqCCAhMwggIPAgEAMIICCAYJ\
        KoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjTP6DnSmCKcwICCAAwDAYIKoZIhvcNAgkF\
        ADAdBglghkgBZQMEASoEEMGQ6onIIc75irWMMR8MjzqAggGgEzgVvJamcCrLQUmXJWdyu6w/S2FfT8c6mwvxpHvc\
        cEOF8Uyuz/38nWehdWfAb+Z01Yra5A2mDfSdPnYhLG1o4VwFz2Y49gce0YWhBVQox/ejVoVFs96107wRJGk4Kwco\
        kmeYx0i8NeXL1AIFxma531aO71AeTfR9xErljHzTP3k8y5V+Ore/7Lrjw004eH3D5ywA3/P4ASF0DEerO9CNQaGY\
        bhJSwkvfnVIfpdS2s5XMQB61tYI0QwHpAuk5FutK79mNsezafU/cPl44pf4bHI/2pNX+HXaZg44s4pFzAyDAaiBh\
        JyC0DZVtndwPqIxmGWsaE7Ftmx8Avti5woZEqpnfGrLNO5m6/xSwCmb0RUGH3my6FOw2y/M6hCZ01ET9nGg7tw1Z\
        c2bkrt6ZK4kFQMD3aO/LvZL57NTq7/7FuIXD4EPBR92OLYXK0a6l2uL+G0zEnJgzql29yvdpae7FUyjTJnSWPZ0i\
        +uE1UrZKn/dyz+upW/uxO0g6YWZ7JXptF9UHDqFHXkWff5u7c4URNWWNeUbz8Sc2MXk12dwWEgkwQTAxMA0GCWCG\
        SAFlAwQCAQUABCA2yexXAxdVPur1D1hR7tPK18+FIag+UWSAeQzWs9RNYgQIugaUI4oZl/ECAggA
        """

    private func bytes(_ text: String) throws -> [UInt8] {
        try #require(Base64.decode(text))
    }

    /// DER of a sequence begins so.
    private let sequence: UInt8 = 0x30

    @Test func holdsKeyAndCertificate() throws {
        let store = try PKCS12Store(bytes(keystore), password: Secret("open"))
        #expect(store.certificate?.first == sequence)
        #expect(store.key?.first == sequence)
        #expect(store.otherCertificates.isEmpty)
    }

    @Test func holdsAuthoritiesAlone() throws {
        for password in [nil, Secret("")] {
            let store = try PKCS12Store(bytes(truststore), password: password)
            #expect(store.certificate == nil && store.key == nil)
            #expect(store.otherCertificates.map(\.first) == [sequence])
        }
    }

    @Test func saysWhatIsWrong() throws {
        for password in [nil, Secret("hunter2")] {
            #expect {
                _ = try PKCS12Store(bytes(keystore), password: password)
            } throws: { "\($0)" == "wrong password for the PKCS#12 file" }
        }
        let whole = try bytes(keystore)
        for count in stride(from: 0, to: whole.count, by: 7) {
            #expect(throws: SecretError.self) {
                _ = try PKCS12Store(Array(whole[..<count]), password: Secret("open"))
            }
        }
    }
}
