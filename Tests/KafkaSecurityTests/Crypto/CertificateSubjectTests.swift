import Testing

@testable import KafkaSecurity

@Suite struct CertificateSubjectTests {
    /// Of `openssl req -x509 -subj "/C=DE/O=Ex, Ample/OU=Ünit/CN=alice"`.
    private let certificate = """
        MIIB2TCCAX+gAwIBAgIUXE6t+rPPFNjuUpT3FqCQFU/tbM0wCgYIKoZIzj0EAwIwQTELMAkGA1UEBhMCREUxEjAQ\
        BgNVBAoMCUV4LCBBbXBsZTEOMAwGA1UECwwFw5xuaXQxDjAMBgNVBAMMBWFsaWNlMCAXDTI2MTEyNjA5MjAyNloY\
        DzIxMjYxMTAyMDkyMDI2WjBBMQswCQYDVQQGEwJERTESMBAGA1UECgwJRXgsIEFtcGxlMQ4wDAYDVQQLDAXDnG5p\
        dDEOMAwGA1UEAwwFYWxpY2UwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAThRuIVlREuaZe0J+/wnSIiWbyeesY2\
        4DjM25C5x5FhVqjwaz30W1YM7zzLR6zKWL23INalSGgDK5UqooiRQ1oto1MwUTAdBgNVHQ4EFgQUR6AnNAweQSah\
        65FuuxKbb0j8nVswHwYDVR0jBBgwFoAUR6AnNAweQSah65FuuxKbb0j8nVswDwYDVR0TAQH/BAUwAwEB/zAKBggq\
        hkjOPQQDAgNIADBFAiBSZcOQacuzbS9309cQ4nKjjYw2ClD6QkrDXfE7P44tEgIhAKQW1VMNAUw/iSr80Y3917VR\
        ENY6KuEiAr61hHBXA+rT
        """

    @Test func isWrittenAsJavaWritesIt() throws {
        let der = try #require(Base64.decode(certificate))
        #expect(
            CertificateSubject.distinguishedName(der: der) == #"CN=alice,OU=Ünit,O=Ex\, Ample,C=DE"#
        )
    }

    @Test func isNoneOfWhatIsNoCertificate() {
        #expect(CertificateSubject.distinguishedName(der: []) == nil)
        #expect(CertificateSubject.distinguishedName(der: [0x30, 0x03, 1, 2, 3]) == nil)
    }
}
