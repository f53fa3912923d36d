import KafkaBase
import KafkaRecords
import KafkaSecurity
import KafkaWire
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import KafkaBroker

/// Coordinators over a partition of a real broker.
struct CoordinatorShardTests {
    /// Remembers what it is told.
    private final class Recorder: CoordinatorState {
        static let resourceType = AclResourceType.group

        let log: any CoordinatorLog
        private(set) var replayed: [CoordinatorBatch] = []
        private(set) var ticks = 0
        private(set) var isLoaded = false
        private(set) var isClosed = false
        var nextDeadlineMs: Int64?

        init(_ log: any CoordinatorLog) { self.log = log }

        func replay(_ batch: CoordinatorBatch) { replayed.append(batch) }
        func didLoad(nowMs: Int64) { isLoaded = true }
        func close() { isClosed = true }
        func tick(nowMs: Int64) {
            ticks += 1
            nextDeadlineMs = nil
        }

        /// The values of all records, a marker as its kind.
        var contents: [String] {
            replayed.flatMap { batch in
                switch batch.content {
                case .records(let records): records.map { String(buffer: $0.value ?? .init()) }
                case .marker(let marker): [marker.isCommit ? "commit" : "abort"]
                }
            }
        }
    }

    private static func shard(_ partition: Partition, _ broker: TestBroker)
        -> CoordinatorShard<Recorder>
    {
        CoordinatorShard(
            partition: partition, readPool: .singleton, clock: .system,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { log, _ in Recorder(log) }
    }

    private static func record(_ value: String?) -> CoordinatorRecord {
        CoordinatorRecord(
            key: ByteBuffer(string: "key"), value: value.map(ByteBuffer.init(string:)))
    }

    /// What `body` returns, as soon as the shard lets it at its state.
    private static func with<Value: Sendable>(
        _ shard: CoordinatorShard<Recorder>,
        _ body: @escaping @Sendable (Recorder, Int64) -> Value
    ) async -> Result<Value, ApiError> {
        while true {
            let result: Result<Value, ApiError> = await withCheckedContinuation { continuation in
                shard.perform { state, nowMs in
                    continuation.resume(returning: .success(body(state, nowMs)))
                } orElse: { code in
                    continuation.resume(returning: .failure(ApiError(code)))
                }
            }
            if case .failure(ApiError(.coordinatorLoadInProgress)) = result { continue }
            return result
        }
    }

    private static func append(
        _ records: [CoordinatorRecord], _ shard: CoordinatorShard<Recorder>
    ) async -> ErrorCode {
        await withCheckedContinuation { continuation in
            shard.perform { state, nowMs in
                do throws(ApiError) {
                    try state.log.append(records, nowMs: nowMs) { code in
                        continuation.resume(returning: code)
                    }
                } catch {
                    continuation.resume(returning: error.code)
                }
            } orElse: { code in
                continuation.resume(returning: code)
            }
        }
    }

    private static func appendMarker(
        _ shard: CoordinatorShard<Recorder>, isCommit: Bool
    ) async -> ErrorCode {
        await withCheckedContinuation { continuation in
            shard.append(
                EndTransactionMarker(isCommit: isCommit, coordinatorEpoch: 0), producerID: 7,
                producerEpoch: 1
            ) { continuation.resume(returning: $0) }
        }
    }

    /// What one has appended, the next one that takes the partition over finds.
    @Test(arguments: [SyncPolicy.acksAll, .never])
    func recordsAreReplayed(_ sync: SyncPolicy) async throws {
        try await TestBroker.with(sync: sync) { broker in
            let partition = try #require(broker.broker.storage.table.snapshot.partition("t", 0))
            let first = Self.shard(partition, broker)
            first.start()
            #expect(try await Self.with(first) { state, _ in state.isLoaded }.get())
            let records = ["one", nil, "three"].map(Self.record)
            #expect(await Self.append(records, first) == .none)
            // More than is read at a time.
            let large = String(repeating: "x", count: 700_000)
            for _ in 0..<3 { #expect(await Self.append([Self.record(large)], first) == .none) }
            #expect(await Self.appendMarker(first, isCommit: true) == .none)
            // Its own records it has applied itself; of the marker it is told.
            #expect(try await Self.with(first) { state, _ in state.contents }.get() == ["commit"])

            let second = Self.shard(partition, broker)
            second.start()
            let found = try await Self.with(second) { state, _ in state.contents }.get()
            #expect(found == ["one", "", "three", large, large, large, "commit"])
            let marker = try await Self.with(second) { state, _ in state.replayed.last }.get()
            #expect(marker?.producerID == 7)
            #expect(marker?.producerEpoch == 1)
            #expect(marker?.baseOffset == 6)
        }
    }

    @Test func aBatchThatIsTooLargeIsRefused() async throws {
        try await TestBroker.with(settings: ["message.max.bytes": "1000"]) { broker in
            let partition = try #require(broker.broker.storage.table.snapshot.partition("t", 0))
            let shard = Self.shard(partition, broker)
            shard.start()
            _ = await Self.with(shard) { _, _ in }
            let large = Self.record(String(repeating: "x", count: 2_000))
            #expect(await Self.append([large], shard) == .messageTooLarge)
            #expect(await Self.append([Self.record("small")], shard) == .none)
            let end = try await broker.on { $0.highWatermark }
            #expect(end == 1)
        }
    }

    /// What nobody would try again comes to a state that is still being loaded, and to one that is.
    @Test func itIsNotified() async throws {
        try await TestBroker.with { broker in
            let partition = try #require(broker.broker.storage.table.snapshot.partition("t", 0))
            let shard = Self.shard(partition, broker)
            shard.notify { $0.nextDeadlineMs = 4_000_000_000_000 }
            shard.start()
            let deadlineMs = await Self.with(shard) { state, _ in state.nextDeadlineMs }
            #expect(try deadlineMs.get() == 4_000_000_000_000)
            shard.notify { $0.nextDeadlineMs = 5_000_000_000_000 }
            let laterMs = await Self.with(shard) { state, _ in state.nextDeadlineMs }
            #expect(try laterMs.get() == 5_000_000_000_000)
        }
    }

    @Test func ticksAtTheDeadline() async throws {
        try await TestBroker.with { broker in
            let partition = try #require(broker.broker.storage.table.snapshot.partition("t", 0))
            let shard = Self.shard(partition, broker)
            shard.start()
            _ = await Self.with(shard) { state, nowMs in state.nextDeadlineMs = nowMs + 5 }
            while try await Self.with(shard, { state, _ in state.ticks }).get() == 0 {
                await Task.yield()
            }
        }
    }

    @Test func itEndsWithItsPartition() async throws {
        try await TestBroker.with { broker in
            let partition = try #require(broker.broker.storage.table.snapshot.partition("t", 0))
            let shard = Self.shard(partition, broker)
            shard.start()
            _ = await Self.with(shard) { _, _ in }
            var request = DeleteTopicsRequest()
            request.topicNames = ["t"]
            #expect(try await broker.send(request, version: 5).responses[0].errorCode == .none)
            #expect(
                await Self.append([Self.record("late")], shard) == .notCoordinator)
        }
    }

    @Test func requestsWaitForTheTopicAndTheLoad() async throws {
        try await TestBroker.with { broker in
            var request = FindCoordinatorRequest()
            request.coordinatorKeys = ["group one", "group two"]
            let response = try await broker.send(request, version: 4)
            #expect(response.coordinators.map(\.errorCode) == [.none, .none])
            #expect(response.coordinators.map(\.nodeId) == [0, 0])
            let topic = broker.broker.storage.table.snapshot.topic(CoordinatorTopics.offsets)
            #expect(topic?.image.isInternal == true)
            #expect(topic?.settings.isCompacted == true)
            #expect(topic?.partitions.count == 8)
        }
    }
}
