/// Where a server listens.
public enum ListenerAddress: Hashable, Sendable {
    /// Port 0 lets the system pick one.
    case tcp(host: String, port: Int)
    /// The socket's file, which the server makes with mode 0600 and removes when it ends.
    case unix(path: String)
}

extension ListenerAddress: CustomStringConvertible {
    /// `host:port`, with brackets around an IPv6 host, or `unix:path`.
    public var description: String {
        switch self {
        case .tcp(let host, let port) where host.contains(":"): "[\(host)]:\(port)"
        case .tcp(let host, let port): "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
