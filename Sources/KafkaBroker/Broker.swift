public import KafkaTransport
public import NIOCore

/// A Kafka broker of a single node: the data directory, its partitions, and the listeners.
///
/// Owns the directory's lock from `start` to the end of `shutdown`. Any thread.
public final class Broker: Sendable {
    /// Where the broker really listens, in the order of the options' listeners: ports are the real
    /// ones.
    public let boundAddresses: [ListenerAddress]

    private init(boundAddresses: [ListenerAddress]) {
        self.boundAddresses = boundAddresses
    }

    /// Opens the data directory, recovers its logs, and listens.
    ///
    /// - Parameter group: runs connections and partitions; the caller's, who shuts it down after
    ///   the broker.
    /// - Throws: `BrokerError`; then nothing is left running or locked.
    public static func start(
        _ options: BrokerOptions, group: any EventLoopGroup
    ) async throws(BrokerError) -> Broker {
        throw .storage(reason: "not there yet")
    }

    /// Accepts nobody any more, ends long polls, finishes what is under way, flushes and notes the
    /// clean shutdown. Takes seconds at most, also with clients connected.
    public func shutdown() async {}
}
