public import KafkaTransport

/// Why a broker did not start. The description is one line.
public enum BrokerError: Error, Sendable {
    /// Another process holds the data directory's lock.
    case directoryInUse(path: String)
    /// The data directory cannot be made, read or written, or what is in it makes no sense.
    case storage(reason: String)
    case cannotListen(ListenerAddress, reason: String)
    /// A certificate, a key or a password cannot be used.
    case security(reason: String)
    /// An option makes no sense, such as an initial topic's name.
    case invalidOption(reason: String)
}

extension BrokerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .directoryInUse(let path): "data directory \(path) is in use by another process"
        case .storage(let reason), .security(let reason), .invalidOption(let reason): reason
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        }
    }
}
