internal import KafkaBroker
internal import KafkaSecurity
internal import KafkaTransport

/// Addresses to listen on as the command line and Kafka's `listeners` have them.
enum ListenText {
    /// - Parameters:
    ///   - text: `[NAME://]HOST[:PORT]`, with a protocol or a name of the settings' map in front;
    ///     no host is every address.
    ///   - settings: say what is under which name.
    /// - Throws: `CommandFailure` of status `usage`.
    static func listener(
        _ text: String, _ settings: BrokerSettings
    ) throws(CommandFailure) -> BrokerListener {
        let (name, address) = split(text)
        let (host, port) = try hostAndPort(address)
        let bound = ListenerAddress.tcp(
            host: host.isEmpty ? "0.0.0.0" : host, port: port ?? BrokerAddress.defaultPort)
        guard let name else { return BrokerListener(bound) }
        let mapped: SecurityProtocol?
        do {
            mapped = try settings.securityProtocol(ofListener: name)
        } catch {
            throw .usage("\(error)")
        }
        guard let `protocol` = mapped ?? SecurityProtocol(rawValue: name) else {
            throw .usage(
                "'\(text)': what \(name) is nobody knows; write PLAINTEXT://, SSL://, "
                    + "SASL_PLAINTEXT:// or SASL_SSL://, or set "
                    + "listener.security.protocol.map=\(name):SASL_SSL")
        }
        return BrokerListener(bound, `protocol`, name: name)
    }

    /// The name in front of an address, in capitals, and the address.
    static func split(_ text: String) -> (name: String?, address: String) {
        guard let scheme = text.firstRange(of: "://") else { return (nil, text) }
        return (text[..<scheme.lowerBound].uppercased(), String(text[scheme.upperBound...]))
    }

    /// - Throws: `CommandFailure` of status `usage`.
    static func hostAndPort(_ text: String) throws(CommandFailure) -> (host: String, port: Int?) {
        var rest = text[...]
        let host: Substring
        if rest.first == "[" {
            guard let close = rest.firstIndex(of: "]") else { throw malformed(text) }
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
        if rest.isEmpty, !host.isEmpty { return (String(host), nil) }
        guard rest.first == ":", let port = Int(rest.dropFirst()), (0...65_535).contains(port)
        else {
            throw malformed(text)
        }
        return (String(host), port)
    }

    private static func malformed(_ text: String) -> CommandFailure {
        .usage("'\(text)' is no address; write HOST:PORT, IPv6 in brackets")
    }
}
