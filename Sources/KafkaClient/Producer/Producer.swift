internal import KafkaBase
internal import Logging
internal import NIOCore

/// Delivers records to the leaders of their partitions, in batches, several requests at a time.
///
/// Owns its connections and one event loop's share of time; `close` it when done. Any thread may
/// call it. Bounded by `ProducerConfiguration.bufferBytes` and `maxInFlightPerBroker`. Batches of a
/// partition arrive in the order in which they were filled; a batch is repeated until
/// `ClientConfiguration.deliveryTimeoutMs` has passed.
public final class Producer: Sendable {
    /// - Parameter onDelivery: called once for each batch, on the producer's event loop: it must
    ///   not block. Reports of one partition come in order.
    public init(
        client: KafkaClient, configuration: ProducerConfiguration = ProducerConfiguration(),
        onDelivery: (@Sendable (DeliveryReport) -> Void)? = nil
    ) {}

    /// Gets a topic ready to append to: its partitions, and the producer's id when that is needed.
    ///
    /// - Throws: `unknownTopic` when there is none and none may be made.
    public func topic(_ name: String) async throws(KafkaError) -> TopicProducer {
        throw .closed
    }

    /// Sends what is open, and waits until all that was appended before is delivered or failed.
    ///
    /// - Throws: the first failed delivery since the last `flush`.
    public func flush() async throws(KafkaError) {}

    /// Waits like `flush`, then lets go of everything. Records appended afterwards are refused.
    public func close() async {}
}
