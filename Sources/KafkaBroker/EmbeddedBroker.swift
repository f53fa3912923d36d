/// Where the processes that share a data directory meet.
public enum EmbeddedBroker {
    /// The Unix socket's name in the data directory.
    public static let socketName = "broker.sock"

    public static func socketPath(dataDirectory: String) -> String {
        dataDirectory.hasSuffix("/")
            ? dataDirectory + socketName : "\(dataDirectory)/\(socketName)"
    }
}
