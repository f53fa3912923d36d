/// Where a broker listens.
public enum BrokerAddress: Hashable, Sendable {
    /// A host name or an address (IPv6 without brackets), and a port.
    case tcp(host: String, port: Int)
    /// The path of a Unix socket, of any length.
    case unix(path: String)
}

extension BrokerAddress {
    /// Kafka's usual port.
    public static let defaultPort = 9092

    /// Reads `HOST[:PORT]`, `[IPV6][:PORT]` or `unix:PATH`; a protocol in front (`PLAINTEXT://`),
    /// as in a broker's listeners, is dropped.
    ///
    /// - Returns: nil when the host is empty or the port is no number from 1 to 65,535.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst(5)
            guard !path.isEmpty else { return nil }
            self = .unix(path: String(path))
            return
        }
        var rest = text[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        let host: Substring
        if rest.first == "[" {
            guard let close = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<close]
            rest = rest[rest.index(after: close)...]
        } else if let colon = rest.firstIndex(of: ":"), colon != rest.lastIndex(of: ":") {
            // Several colons without brackets can only be an IPv6 address.
            host = rest
            rest = ""
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest[host.endIndex...]
        }
        guard !host.isEmpty else { return nil }
        var port = BrokerAddress.defaultPort
        if !rest.isEmpty {
            guard rest.first == ":", let number = Int(rest.dropFirst()),
                (1...65_535).contains(number)
            else { return nil }
            port = number
        }
        self = .tcp(host: String(host), port: port)
    }
}

extension BrokerAddress: CustomStringConvertible {
    /// What `init` reads: `host:port`, `[::1]:port`, or `unix:path`.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
