/// The server's side of one SASL exchange: takes the client's messages, gives its own.
///
/// A value without socket or clock; each exchange needs a new one. Its steps are short (some
/// hashes), and so may be taken on an event loop.
public protocol SaslServer: Sendable {
    /// Takes the client's next message.
    ///
    /// - Throws: `SaslError`, with which the exchange is over.
    mutating func respond(to message: [UInt8]) throws(SaslError) -> SaslServerStep
}

/// How an exchange goes on.
public enum SaslServerStep: Sendable, Equatable {
    case challenge([UInt8])
    /// The client has shown who it is; the message goes to it, and shows the server to it where
    /// the mechanism does that.
    case done([UInt8], username: String)
}
