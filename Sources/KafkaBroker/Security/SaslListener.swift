import KafkaSecurity

/// What a listener with SASL asks of its clients.
struct SaslListener: Sendable {
    /// Those that are offered, in the order in which clients are told.
    let mechanisms: [SaslMechanism]
    /// How long a session lasts at most, in ms (KIP-368); nil for no end.
    let maxSessionMs: [SaslMechanism: Int64]
    /// For PLAIN.
    let plainUsers: PlainServer.Users
    /// Largest request of who is not known yet, in bytes.
    let maxReceiveBytes: Int
    /// How long a failure is kept back, in ms: guessing passwords takes time.
    let failureDelayMs: Int64

    /// The server's side of an exchange.
    ///
    /// - Parameter credentials: as they are at the moment.
    /// - Returns: nil for a mechanism without a server here.
    func server(
        for mechanism: SaslMechanism, credentials: @escaping @Sendable () -> ScramCredentials
    ) -> (any SaslServer)? {
        if let hash = mechanism.scramHash {
            return ScramServer(hash) { credentials().credential(of: $0, mechanism) }
        }
        return mechanism == .plain ? PlainServer(plainUsers) : nil
    }
}
