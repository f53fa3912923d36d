import KafkaTransport
import Platform

/// Where clients of a listener are told to find this broker.
struct AdvertisedEndpoint: Sendable, Equatable {
    var host: String
    var port: Int32
    var listenerName = "PLAINTEXT"

    /// - Parameter advertised: what the options say of all listeners.
    static func of(
        _ listener: BrokerListener, at bound: ListenerAddress,
        advertised: BrokerOptions.AdvertisedAddress?
    ) -> AdvertisedEndpoint {
        var endpoint = of(bound, advertised: listener.advertised ?? advertised)
        endpoint.listenerName = listener.name
        return endpoint
    }

    /// What the clients of a listener are told: what the options say, else where it is bound; for
    /// a Unix socket, a port that cannot be connected to (its clients go through the socket).
    static func of(
        _ bound: ListenerAddress, advertised: BrokerOptions.AdvertisedAddress?
    ) -> AdvertisedEndpoint {
        switch bound {
        case .unix: return AdvertisedEndpoint(host: "localhost", port: 0)
        case .tcp(let host, let port):
            let asked = advertised?.port ?? 0
            return AdvertisedEndpoint(
                host: advertised?.host ?? reachableName(of: host),
                port: Int32(asked == 0 ? port : asked))
        }
    }

    /// A wildcard cannot be connected to from elsewhere: the machine's name stands for it.
    private static func reachableName(of host: String) -> String {
        guard ["0.0.0.0", "::", ""].contains(host) else { return host }
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let length = name.firstIndex(of: 0) ?? name.count
        return String(decoding: name[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
