import KafkaTransport
import Testing

@testable import KafkaBroker

@Suite struct AdvertisedEndpointTests {
    @Test func `A listener is told by where it is bound`() {
        let endpoint = AdvertisedEndpoint.of(.tcp(host: "127.0.0.1", port: 4711), advertised: nil)
        #expect(endpoint == AdvertisedEndpoint(host: "127.0.0.1", port: 4711))
    }

    @Test func `The options' host comes with the bound port unless they have one`() {
        let bound = AdvertisedEndpoint.of(
            .tcp(host: "0.0.0.0", port: 4711), advertised: .init(host: "broker.example"))
        #expect(bound == AdvertisedEndpoint(host: "broker.example", port: 4711))
        let given = AdvertisedEndpoint.of(
            .tcp(host: "0.0.0.0", port: 4711), advertised: .init(host: "broker.example", port: 9))
        #expect(given == AdvertisedEndpoint(host: "broker.example", port: 9))
    }

    @Test func `A wildcard is never told`() {
        let endpoint = AdvertisedEndpoint.of(.tcp(host: "::", port: 1), advertised: nil)
        #expect(endpoint.host != "::" && !endpoint.host.isEmpty)
    }

    @Test func `A Unix socket's clients get a port that cannot be connected to`() {
        let endpoint = AdvertisedEndpoint.of(
            .unix(path: "/x/broker.sock"), advertised: .init(host: "broker.example", port: 9))
        #expect(endpoint == AdvertisedEndpoint(host: "localhost", port: 0))
    }
}
