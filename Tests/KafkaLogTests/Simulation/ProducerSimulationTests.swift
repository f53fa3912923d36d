import KafkaBase
import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import KafkaLog

/// Seeded runs of producers that send again what was not acknowledged, on a faulty disk with
/// crashes: idempotence leaves one of each batch, and the transactions' indexes say what the
/// records do.
@Suite("Simulation of idempotent and transactional producers")
struct ProducerSimulationTests {
    @Test func eachBatchIsThereOnce() throws {
        try Seeds.run(300) { seed, generator in
            var simulation = try ProducerSimulation(seed: seed, &generator)
            for _ in 0..<120 { try simulation.step(&generator) }
            try simulation.crash()
            try simulation.finish(&generator)
        }
    }
}

/// One log, and some producers with batches in flight.
private struct ProducerSimulation {
    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    /// A client: what it has in flight is sent in order until it is acknowledged.
    private struct Client {
        var id: Int64
        var isTransactional: Bool
        var nextSequence: Int32 = 0
        /// Sequences of batches that were sent and are not known to be durable.
        var inFlight: [ClosedRange<Int32>] = []
        /// Of these in order, so many have been appended as far as the client knows.
        var sent = 0
        var acknowledged: Int32 = -1
    }

    private static let path = "/data"
    private static let partition = TopicPartition(topic: "t", partition: 0)

    private let disk: SimulatedDisk
    private let settings: LogSettings
    private var directory: LogDirectory
    private var log: PartitionLog
    private var clients: [Client]

    init(seed: UInt64, _ generator: inout SeededGenerator) throws {
        disk = SimulatedDisk(seed: seed ^ 0xF00D)
        try disk.createDirectory(Self.path)
        try disk.syncDirectory("/")
        var settings = LogSettings(
            segmentBytes: Int.random(in: 300...3_000, using: &generator),
            indexIntervalBytes: Int.random(in: 0...300, using: &generator),
            indexSizeMaxBytes: 4_096)
        settings.producerExpirationMs = .max
        self.settings = settings
        directory = try LogDirectory.open(path: Self.path, disk: disk, reserveBytes: 0)
        log = try directory.createLog(Self.partition, topicID: .random(), settings: settings)
        clients = (0..<Int64(3)).map { Client(id: $0, isTransactional: $0 > 0) }
    }

    private func check(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        guard condition else { throw Wrong(description: text()) }
    }

    mutating func step(_ generator: inout SeededGenerator) throws {
        let index = Int.random(in: 0..<clients.count, using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<50: try send(index, &generator)
        case 50..<60: try sendAgain(index, &generator)
        case 60..<70: try endTransaction(index, isCommit: Bool.random(using: &generator))
        case 70..<82: try flush()
        case 82..<86:
            disk.freeBytes =
                disk.freeBytes == nil ? Int.random(in: 0...400, using: &generator) : nil
        case 86..<88: disk.failurePermille = 100
        case 88..<91: try restart()
        case 91..<95: try crash()
        case 95..<97: try checkpoint()
        default: try compareTransactions()
        }
    }

    private func checkpoint() throws {
        do throws(LogError) {
            try log.flush()
            try directory.writeCheckpoints([log.checkpoint])
        } catch {
            // No acknowledgement: an error there fails nothing.
            return
        }
    }

    // MARK: Clients

    private mutating func send(_ index: Int, _ generator: inout SeededGenerator) throws {
        if clients[index].inFlight.count < 5 {
            let first = clients[index].nextSequence
            let last = first + Int32.random(in: 0...3, using: &generator)
            clients[index].inFlight.append(first...last)
            clients[index].nextSequence = last + 1
        }
        let next = clients[index].sent
        guard next < clients[index].inFlight.count else { return }
        if try append(index, clients[index].inFlight[next]) { clients[index].sent += 1 }
    }

    /// The answers were lost: all that is in flight comes again, from any place on.
    private mutating func sendAgain(_ index: Int, _ generator: inout SeededGenerator) throws {
        let count = clients[index].sent
        guard count > 0 else { return }
        for number in Int.random(in: 0..<count, using: &generator)..<count {
            guard try append(index, clients[index].inFlight[number]) else { return }
        }
    }

    /// False where the disk did not take it.
    private func append(_ index: Int, _ sequences: ClosedRange<Int32>) throws -> Bool {
        let client = clients[index]
        let batch = try TestBatch(
            sequences.map { "\(client.id):\($0)" },
            producer: .init(
                id: client.id, epoch: 0, baseSequence: sequences.lowerBound,
                isTransactional: client.isTransactional))
        do {
            try log.append(batch)
            return true
        } catch LogError.refused(let refusal) {
            throw Wrong(description: "\(sequences) refused: \(refusal)")
        } catch {
            return false
        }
    }

    private func endTransaction(_ index: Int, isCommit: Bool) throws {
        guard clients[index].isTransactional else { return }
        let marker = EndTransactionMarker(isCommit: isCommit, coordinatorEpoch: 0)
        _ = try? log.append(
            TestBatch(marker, producerID: clients[index].id, epoch: 0), origin: .coordinator)
    }

    // MARK: The disk

    private mutating func flush() throws {
        do throws(LogError) {
            try log.flush()
        } catch {
            return
        }
        for index in clients.indices {
            let done = clients[index].inFlight.prefix(clients[index].sent)
            if let last = done.last { clients[index].acknowledged = last.upperBound }
            clients[index].inFlight.removeFirst(clients[index].sent)
            clients[index].sent = 0
        }
    }

    private mutating func restart() throws {
        do throws(LogError) {
            try directory.close([log])
        } catch {
            return try crash()
        }
        try open()
    }

    mutating func crash() throws {
        disk.crash()
        try open()
    }

    private mutating func open() throws {
        disk.freeBytes = nil
        disk.failurePermille = 0
        let settings = settings
        directory = try LogDirectory.open(path: Self.path, disk: disk, reserveBytes: 0)
        // One that was never flushed need not be there.
        log =
            try directory.loadAll(threads: 1) { _ in settings }.first
            ?? directory.createLog(Self.partition, topicID: .random(), settings: settings)
        // A client that was cut off sends all that is in flight again.
        for index in clients.indices { clients[index].sent = 0 }
        try compare()
        try compareTransactions()
    }

    // MARK: What must hold

    /// Of each producer the records are 0, 1, 2, … without a hole and without one twice, up to what
    /// was acknowledged at least.
    private func compare() throws {
        var next: [Int64: Int32] = [:]
        for record in try log.records() where record.value.contains(":") {
            let parts = record.value.split(separator: ":")
            guard let id = Int64(parts[0]), let sequence = Int32(parts[1]) else { continue }
            try check(
                sequence == next[id, default: 0],
                "producer \(id) has \(sequence) where \(next[id, default: 0]) comes next")
            next[id] = sequence + 1
        }
        for client in clients {
            try check(
                next[client.id, default: 0] > client.acknowledged,
                "producer \(client.id) has lost \(client.acknowledged)")
        }
    }

    /// What a reader of all the batches finds of transactions is what the log says of them.
    private func compareTransactions() throws {
        guard !log.isFailed else { return }
        var open: [Int64: Int64] = [:]
        var aborted: [(producerID: Int64, first: Int64, last: Int64)] = []
        var offset: Int64 = 0
        while offset < log.logEndOffset {
            let bytes = try log.read(
                from: offset, maxBytes: 1, upTo: .max, atLeastOneBatch: true
            ).bytes()
            let batch = try bytes.withUnsafeReadableBytes { bytes in
                let header = try RecordBatchHeader(bytes)
                return SequencedBatch(header, baseOffset: header.baseOffset, bytes: bytes)
            }
            offset = batch.lastOffset + 1
            if let marker = batch.marker {
                if let first = open.removeValue(forKey: batch.producerID), !marker.isCommit {
                    aborted.append((batch.producerID, first, batch.lastOffset))
                }
            } else if batch.isTransactional, open[batch.producerID] == nil {
                open[batch.producerID] = batch.baseOffset
            }
        }
        let stable = log.lastStableOffset(upTo: log.logEndOffset)
        try check(
            stable == open.values.min() ?? log.logEndOffset,
            "last stable offset \(stable), open \(open)")
        let found = try log.abortedTransactions(from: 0, upTo: log.logEndOffset)
        try check(
            found.map { [$0.producerID, $0.firstOffset, $0.lastOffset] }
                == aborted.map { [$0.producerID, $0.first, $0.last] },
            "aborted \(found), not \(aborted)")
    }

    /// In the end, on a good disk, everything arrives.
    mutating func finish(_ generator: inout SeededGenerator) throws {
        for index in clients.indices {
            while clients[index].sent < clients[index].inFlight.count {
                let before = clients[index].sent
                guard try append(index, clients[index].inFlight[before]) else {
                    throw Wrong(description: "a good disk took nothing")
                }
                clients[index].sent += 1
            }
        }
        try flush()
        try compare()
    }
}
