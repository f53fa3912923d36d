internal import KafkaBase
internal import KafkaClient
internal import NIOCore
internal import Synchronization
internal import Platform

/// Makes one producer's share of a load: as fast as its records are taken, or on a schedule.
///
/// Runs on a thread of its own, which sleeps between records that are due later; `run` returns when
/// the producer is full and is called again. `stop` may be called by any thread.
final class ProduceLoad: @unchecked Sendable {
    enum Pause: Sendable {
        case full
        case ended
    }

    /// Writes into a value what the receiver has to know; runs for each record.
    typealias Stamp =
        @Sendable (_ index: Int, _ dueNs: UInt64, UnsafeMutableRawBufferPointer) ->
        Void

    /// The longest sleep, after which `stop` is looked at, in ns.
    private static let napNs: UInt64 = 50_000_000

    private let topic: TopicProducer
    private let tally: LoadTally
    private let count: Int
    private let sizes: RecordSizes
    private let pool: PayloadPool
    private let schedule: SendSchedule?
    private let clock: KafkaClock
    private let stamp: Stamp?
    private let bytesPerTurn: Int
    private let isStopped = Atomic<Bool>(false)

    private let partitionCount: Int
    private var partition = 0
    private var turnBytes = 0
    private var position: Int
    private var numbers: SeededNumbers
    /// Holds a value that is stamped.
    private var scratch: [UInt8] = []
    /// The record that the producer had no room for, and since when it waits.
    private var refused: (size: Int, atNs: UInt64)?
    /// Records that were taken, and bytes of their values; to be read between runs.
    private(set) var acceptedRecords = 0
    private(set) var acceptedBytes = 0
    private(set) var failure: CommandFailure?

    /// - Parameters:
    ///   - batchBytes: without a schedule, how much one partition gets before the next has its
    ///     turn; on a schedule each record goes to another one.
    ///   - seed: makes this load's records differ from others'.
    init(
        _ topic: TopicProducer, _ tally: LoadTally, count: Int, sizes: RecordSizes,
        pool: PayloadPool, schedule: SendSchedule?, batchBytes: Int, clock: KafkaClock, seed: Int,
        stamp: Stamp? = nil
    ) {
        self.topic = topic
        self.tally = tally
        self.count = count
        self.sizes = sizes
        self.pool = pool
        self.schedule = schedule
        self.clock = clock
        self.stamp = stamp
        bytesPerTurn = schedule == nil ? batchBytes : 0
        partitionCount = topic.partitionCount
        position = seed * 7919
        numbers = SeededNumbers(seed: UInt64(seed))
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
    }

    /// Appends records until the producer is full or all are in.
    func run() -> Pause {
        while acceptedRecords < count, !isStopped.load(ordering: .relaxed), !tally.hasFailed {
            guard let dueNs = waitForNext() else { break }
            let size = refused?.size ?? sizes.next(&numbers)
            do {
                tally.sending(to: partition, atNs: dueNs)
                guard try append(size, dueNs) == .accepted else {
                    tally.notSent(to: partition)
                    refused = (size, dueNs)
                    return .full
                }
            } catch {
                tally.notSent(to: partition)
                failure = CommandFailure(error)
                break
            }
            refused = nil
            acceptedRecords += 1
            acceptedBytes += size
            turn(after: size)
        }
        return .ended
    }

    /// The time that the next record's latency counts from; nil when there is to be none.
    private func waitForNext() -> UInt64? {
        if let refused { return refused.atNs }
        guard let schedule else { return NIODeadline.now().uptimeNanoseconds }
        let dueNs = schedule.dueNs(acceptedRecords)
        while true {
            let nowNs = NIODeadline.now().uptimeNanoseconds
            if nowNs >= dueNs { return dueNs }
            if isStopped.load(ordering: .relaxed) || tally.hasFailed { return nil }
            var nap = timespec(
                tv_sec: 0, tv_nsec: Int(min(dueNs - nowNs, ProduceLoad.napNs)))
            nanosleep(&nap, nil)
        }
    }

    private func append(_ size: Int, _ dueNs: UInt64) throws -> AppendResult {
        let (topic, partition, nowMs) = (topic, Int32(partition), clock.nowMs)
        guard let stamp else {
            return try pool.withPiece(at: position, size: size) { value in
                try topic.append(key: nil, value: value, timestamp: nowMs, partition: partition)
            }
        }
        scratch.removeAll(keepingCapacity: true)
        pool.withPiece(at: position, size: size) { scratch.append(contentsOf: $0) }
        let index = acceptedRecords
        scratch.withUnsafeMutableBytes { stamp(index, dueNs, $0) }
        return try scratch.withUnsafeBytes { value in
            try topic.append(key: nil, value: value, timestamp: nowMs, partition: partition)
        }
    }

    private func turn(after size: Int) {
        position &+= max(size, 1)
        if position > 1 << 40 { position = 0 }
        turnBytes += size
        guard turnBytes >= bytesPerTurn else { return }
        turnBytes = 0
        partition = (partition + 1) % partitionCount
    }
}
