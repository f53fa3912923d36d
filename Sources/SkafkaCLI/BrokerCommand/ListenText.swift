internal import KafkaTransport

/// Addresses to listen on as the command line and Kafka's `listeners` have them.
enum ListenText {
    /// - Parameter text: `[PLAINTEXT://]HOST[:PORT]`; no host is every address.
    /// - Throws: `CommandFailure` of status `usage`.
    static func listener(_ text: String) throws(CommandFailure) -> ListenerAddress {
        let (host, port) = try hostAndPort(text)
        return .tcp(host: host.isEmpty ? "0.0.0.0" : host, port: port ?? BrokerAddress.defaultPort)
    }

    /// - Throws: `CommandFailure` of status `usage`.
    static func hostAndPort(_ text: String) throws(CommandFailure) -> (host: String, port: Int?) {
        var rest = text[...]
        if let scheme = rest.firstRange(of: "://") {
            guard rest[..<scheme.lowerBound].uppercased() == "PLAINTEXT" else {
                throw .usage("'\(text)': only PLAINTEXT is there in this version")
            }
            rest = rest[scheme.upperBound...]
        }
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
