/// The client's side of one SASL exchange: takes the server's messages, gives its own.
///
/// A value without socket or clock; each exchange needs a new one. Its steps may take long (SCRAM
/// hashes a password thousands of times), so they are not for an event loop.
public protocol SaslClient: Sendable {
    var mechanism: SaslMechanism { get }

    /// The first message, which goes before any of the server's.
    mutating func begin() throws(SaslError) -> [UInt8]

    /// Takes the server's next message. An empty one says nothing but that it agrees so far.
    mutating func respond(to challenge: [UInt8]) throws(SaslError) -> SaslStep

    /// What the server said against this client, if it said so within the exchange.
    var complaint: String? { get }
}

extension SaslClient {
    public var complaint: String? { nil }
}

/// How an exchange goes on.
public enum SaslStep: Sendable, Equatable {
    case send([UInt8])
    /// The server is content with this client, and this client with the server.
    case done
}

/// Why an exchange failed. Names no secret.
public struct SaslError: Error, Sendable, Equatable {
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}

extension SaslError: CustomStringConvertible {
    public var description: String { reason }
}
