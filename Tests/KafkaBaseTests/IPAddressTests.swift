import KafkaBase
import Testing

@Suite struct IPAddressTests {
    @Test(
        arguments: [
            ("10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("0:0:0:0:0:0:0:1", "::1"),
            ("::ffff:10.0.0.1", "10.0.0.1"), ("10.0.0", nil), ("localhost", nil), ("", nil),
        ] as [(String, String?)])
    func `Addresses have one form`(_ text: String, _ form: String?) {
        #expect(IPAddress.canonical(text) == form)
    }
}
