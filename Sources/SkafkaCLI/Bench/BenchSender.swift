internal import KafkaBase
internal import KafkaClient
internal import NIOCore

/// A producer with its share of a load, the thread that makes it, and what became of it.
final class BenchSender: Sendable {
    struct Share: Sendable {
        var count: Int
        var sizes: RecordSizes
        var pool: PayloadPool
        /// Records a second; nil for no limit.
        var rate: Double?
        /// Latencies of records that are due in the first time are not counted, in ns.
        var warmUpNs: UInt64 = 0
        var seed: Int
        var stamp: ProduceLoad.Stamp?
    }

    /// After a signal, how long a broker that is not connected is waited for, and then how long
    /// deliveries may take, in ms.
    private static let abandonMs = 700
    private static let deliveryLimitMs = 2000

    let tally: LoadTally
    private let producer: Producer
    private let topic: TopicProducer
    private let load: ProduceLoad
    /// When the schedule begins.
    let startNs: UInt64

    /// Gets the producer ready; a schedule begins here.
    init(
        _ session: Session, _ topicName: String, _ share: Share, _ clock: KafkaClock
    ) async throws {
        var configuration = session.settings.producer
        configuration.allowAutoTopicCreation = false
        let tally = LoadTally()
        self.tally = tally
        producer = Producer(client: session.client, configuration: configuration) { tally.add($0) }
        topic = try await producer.topic(topicName)
        let startNs = NIODeadline.now().uptimeNanoseconds
        self.startNs = startNs
        tally.count(sinceNs: startNs + share.warmUpNs)
        load = ProduceLoad(
            topic, tally, count: share.count, sizes: share.sizes, pool: share.pool,
            schedule: share.rate.map { SendSchedule(startNs: startNs, perSecond: $0) },
            batchBytes: configuration.batchBytes, clock: clock, seed: share.seed,
            stamp: share.stamp)
    }

    /// After `run`.
    var acceptedBytes: Int { load.acceptedBytes }
    var acceptedRecords: Int { load.acceptedRecords }
    var failure: CommandFailure? { load.failure }

    /// Sends it all, waits for what becomes of it, and lets go of the producer.
    func run() async {
        let thread = BlockingThread()
        let load = load
        do {
            while try await thread.run({ load.run() }) == .full { await topic.waitForRoom() }
            try await producer.flush()
        } catch {
            // The tally knows which records failed.
        }
        await producer.close()
    }

    /// Ends it early, for a signal.
    func stop() {
        load.stop()
        let producer = producer
        Task {
            try? await Task.sleep(for: .milliseconds(BenchSender.abandonMs))
            await producer.abandonIfUnreachable()
            try? await Task.sleep(for: .milliseconds(BenchSender.deliveryLimitMs))
            await producer.close(timeoutMs: 0)
        }
    }
}
