import KafkaTransport
import Testing

@Suite struct BrokerAddressTests {
    @Test(
        arguments: [
            ("localhost", .tcp(host: "localhost", port: 9092)),
            ("broker.example:19092", .tcp(host: "broker.example", port: 19092)),
            ("127.0.0.1:1", .tcp(host: "127.0.0.1", port: 1)),
            ("[::1]:9093", .tcp(host: "::1", port: 9093)),
            ("[fe80::1]", .tcp(host: "fe80::1", port: 9092)),
            ("::1", .tcp(host: "::1", port: 9092)),
            ("PLAINTEXT://h:5", .tcp(host: "h", port: 5)),
            ("unix:/tmp/a:b", .unix(path: "/tmp/a:b")),
        ] as [(String, BrokerAddress)])
    func isRead(text: String, address: BrokerAddress) {
        #expect(BrokerAddress(text) == address)
        #expect(BrokerAddress(address.description) == address)
    }

    @Test(arguments: [
        "", ":9092", "h:", "h:0", "h:65536", "h:x", "[::1", "[::1]x", "unix:", "[]:1",
    ])
    func isRefused(text: String) {
        #expect(BrokerAddress(text) == nil)
    }
}
