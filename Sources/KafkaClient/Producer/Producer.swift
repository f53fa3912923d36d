internal import KafkaBase
internal import NIOConcurrencyHelpers
internal import NIOCore

/// Delivers records to the leaders of their partitions, in batches, several requests at a time.
///
///     let producer = Producer(client: client)
///     let record = ProducerRecord(key: "42", value: "paid")
///     let written = try await producer.send(record, to: "orders")
///     print(written.partition, written.offset)
///     await producer.close()
///
/// Owns its connections; `close` it when done. Any thread may call it. Bounded by
/// `ProducerConfiguration.bufferBytes` and `maxInFlightPerBroker`. Batches of a partition arrive in
/// the order in which they were filled; a batch is repeated until
/// `ClientConfiguration.deliveryTimeoutMs` has passed.
public final class Producer: Sendable {
    private let client: KafkaClient
    private let configuration: ProducerConfiguration
    let sender: ProducerSender
    private let topics = NIOLockedValueBox<[String: TopicProducer]>([:])
    private let isClosed = NIOLockedValueBox(false)

    /// - Parameter onDelivery: called once for each batch, on the producer's event loop: it must
    ///   not block. Delivered batches of one partition are reported in order.
    public init(
        client: KafkaClient, configuration: ProducerConfiguration = ProducerConfiguration(),
        onDelivery: (@Sendable (DeliveryReport) -> Void)? = nil
    ) {
        self.client = client
        self.configuration = configuration
        sender = ProducerSender(
            client: client, configuration: configuration, onDelivery: onDelivery)
    }

    /// Gets a topic ready to append to: its partitions, and the producer's id when that is needed.
    ///
    /// - Throws: `unknownTopic` when there is none and none may be made.
    public func topic(_ name: String) async throws(KafkaError) -> TopicProducer {
        guard !isClosed.withLockedValue({ $0 }) else { throw .closed }
        if let topic = topics.withLockedValue({ $0[name] }) { return topic }
        let metadata = try await client.topic(
            name, autoCreate: configuration.allowAutoTopicCreation)
        try await sender.ensureIdentity()
        let topic = topics.withLockedValue { topics in
            if let topic = topics[name] { return topic }
            let topic = makeTopic(metadata)
            topics[name] = topic
            return topic
        }
        await sender.register(topic, metadata)
        return topic
    }

    private func makeTopic(_ metadata: ClusterMetadata.Topic) -> TopicProducer {
        let backoff = client.configuration.backoff
        let batchBytes = max(1, min(configuration.batchBytes, configuration.maxRequestBytes))
        return TopicProducer(metadata, sender: sender, configuration: configuration) { number in
            PartitionQueue(
                TopicPartition(topic: metadata.name, partition: number), batchBytes: batchBytes,
                backoff: backoff)
        }
    }

    /// Sends what is open, and waits until all that was appended before is delivered or failed.
    ///
    /// - Throws: the first failed delivery since the last `flush`.
    public func flush() async throws(KafkaError) {
        guard !isClosed.withLockedValue({ $0 }) else { throw .closed }
        try await sender.flush()
    }

    /// Gives up what waits to be sent if no broker is connected at this moment; for a program that
    /// has to end soon.
    public func abandonIfUnreachable() async {
        await sender.abandonIfUnreachable()
    }

    /// Waits like `flush`, then lets go of everything. Records appended afterwards are refused. A
    /// transaction that is open is aborted.
    ///
    /// - Parameter timeoutMs: how long to wait; what is not delivered then fails with `closed`. Nil
    ///   waits until each batch is delivered or its time is up.
    public func close(timeoutMs: Int? = nil) async {
        let wasClosed = isClosed.withLockedValue { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        guard !wasClosed else { return }
        let sender = sender
        await withTaskGroup { group in
            group.addTask {
                if await sender.isTransactionUnderWay() {
                    try? await sender.endTransaction(commits: false)
                } else {
                    try? await sender.flush()
                }
            }
            if let timeoutMs {
                group.addTask {
                    try? await Task.sleep(nanoseconds: UInt64(max(0, timeoutMs)) * 1_000_000)
                    // Ends the flush too, as nothing is left to wait for.
                    if !Task.isCancelled { await sender.close() }
                }
            }
            await group.next()
            group.cancelAll()
        }
        await sender.close()
    }
}
