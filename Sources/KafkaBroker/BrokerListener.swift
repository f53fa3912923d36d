public import KafkaSecurity
public import KafkaTransport

/// Where a broker listens, by which name its settings call that, and what is under the requests.
public struct BrokerListener: Sendable, Hashable {
    public var address: ListenerAddress
    /// As `listener.name.NAME.` in settings has it, but in capitals.
    public var name: String
    public var securityProtocol: SecurityProtocol
    /// What clients are told to connect to; nil for what the options say of all listeners.
    public var advertised: BrokerOptions.AdvertisedAddress?

    /// - Parameter name: nil for that of the protocol.
    public init(
        _ address: ListenerAddress, _ securityProtocol: SecurityProtocol = .plaintext,
        name: String? = nil, advertised: BrokerOptions.AdvertisedAddress? = nil
    ) {
        self.address = address
        self.securityProtocol = securityProtocol
        self.name = name ?? securityProtocol.rawValue
        self.advertised = advertised
    }

    /// Without security.
    public static func tcp(host: String, port: Int) -> BrokerListener {
        BrokerListener(.tcp(host: host, port: port))
    }

    /// For the processes of the directory's owner.
    public static func unix(path: String) -> BrokerListener { BrokerListener(.unix(path: path)) }
}

extension BrokerListener: CustomStringConvertible {
    /// `SASL_SSL://host:port`
    public var description: String { description(at: address) }

    func description(at bound: ListenerAddress) -> String {
        switch bound {
        case .tcp: "\(name)://\(bound)"
        case .unix: "\(bound)"
        }
    }
}
