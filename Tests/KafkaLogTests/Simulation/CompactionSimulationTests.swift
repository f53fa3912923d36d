import KafkaBase
import TestSupport
import Testing

@testable import KafkaLog

/// Seeded runs of a log that is written to and compacted on a faulty disk: the power goes off at
/// any change of a file or directory, disks are full, and fail.
@Suite("Simulation of compaction on a faulty disk")
struct CompactionSimulationTests {
    @Test func nothingThatCountsIsLost() throws {
        try Seeds.run(300) { seed, generator in
            var simulation = try CompactionSimulation(seed: seed, &generator)
            for _ in 0..<120 { try simulation.step(&generator) }
            try simulation.crash(&generator)
        }
    }

    /// The same work with the power going off at its first change, its second, and so on, until it
    /// gets to its end.
    @Test func aCrashAtEveryStep() throws {
        for seed in UInt64(0)..<2 {
            var hasEnded = false
            var changes = 0
            while !hasEnded {
                // Everything up to here is the same each time.
                var generator = SeededGenerator(seed: seed)
                var simulation = try CompactionSimulation(seed: seed, &generator)
                for _ in 0..<40 { try simulation.write(&generator) }
                try simulation.endAll(&generator)
                hasEnded = try simulation.compact(powerOffAfter: changes)
                try simulation.crash(&generator)
                try simulation.compactAll()
                changes += 1
            }
            guard changes > 10 else {
                throw CompactionModel.Wrong(description: "only \(changes) changes")
            }
        }
    }
}

/// One run: a directory with one log, what it owes, and a cleaner.
private struct CompactionSimulation {
    private static let path = "/data"

    private let disk: SimulatedDisk
    private let settings: LogSettings
    private let partition = TopicPartition(topic: "t", partition: 0)
    private let mapKeys: Int
    private var directory: LogDirectory
    private var model: CompactionModel
    private var cleaner: TestCleaner
    private var nowMs: Int64 = 1_000_000

    init(seed: UInt64, _ generator: inout SeededGenerator) throws {
        disk = SimulatedDisk(seed: seed ^ 0xC1EA)
        try disk.createDirectory(Self.path)
        try disk.syncDirectory("/")
        var settings = LogSettings.compacted(
            segmentBytes: Int.random(in: 300...1500, using: &generator),
            deleteRetentionMs: [0, 1, 2_000, 1_000_000].randomElement(using: &generator) ?? 0)
        settings.minCompactionLagMs = [0, 0, 3_000].randomElement(using: &generator) ?? 0
        settings.producerExpirationMs = .max
        settings.fileDeleteDelayMs = [0, 5_000].randomElement(using: &generator) ?? 0
        self.settings = settings
        mapKeys = [3, 8, 1_000].randomElement(using: &generator) ?? 8
        directory = try LogDirectory.open(path: Self.path, disk: disk)
        let log = try directory.createLog(partition, topicID: .random(), settings: settings)
        // Until then a crash may take an empty log away.
        try log.flush()
        model = CompactionModel(log)
        cleaner = try Self.makeCleaner(directory, log, mapKeys)
    }

    private static func makeCleaner(
        _ directory: LogDirectory, _ log: PartitionLog, _ mapKeys: Int
    ) throws -> TestCleaner {
        try TestCleaner(directory, [log]) {
            $0.mapBytes = (mapKeys + 1) * OffsetMap.entryBytes
            $0.mapLoadFactor = 1
            $0.bufferBytes = 4096
        }
    }

    mutating func step(_ generator: inout SeededGenerator) throws {
        nowMs += Int64.random(in: 0...500, using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<55: try write(&generator)
        case 55..<62: try model.flush()
        case 62..<66: try seal()
        case 66..<84: try compact(powerOffAfter: nil)
        case 84..<90:
            try compact(powerOffAfter: Int.random(in: 0..<60, using: &generator))
            try crash(&generator)
        case 90..<92:
            disk.freeBytes = Int.random(in: 0...1_000, using: &generator)
            try compact(powerOffAfter: nil)
            disk.freeBytes = nil
        case 92..<94:
            disk.failurePermille = 150
            try compact(powerOffAfter: nil)
            disk.failurePermille = 0
            if directory.health.isFailed { try crash(&generator) }
        case 94..<97:
            for error in model.log.removals.removeDue(nowMs: nowMs) { throw error }
        default: try crash(&generator)
        }
    }

    mutating func write(_ generator: inout SeededGenerator) throws {
        if Int.random(in: 0..<5, using: &generator) == 0 {
            try model.endTransaction(&generator, nowMs: nowMs)
        } else {
            try model.append(&generator, nowMs: nowMs)
        }
    }

    /// Nothing is open or young any more.
    mutating func endAll(_ generator: inout SeededGenerator) throws {
        while model.isInTransaction {
            try model.endTransaction(&generator, nowMs: nowMs)
        }
        try seal()
        nowMs += settings.minCompactionLagMs + 1_000
    }

    mutating func seal() throws {
        try model.log.roll(nowMs: nowMs)
    }

    /// One round, if one is due.
    ///
    /// - Returns: whether it got to its end with the power on.
    @discardableResult
    mutating func compact(powerOffAfter changes: Int?) throws -> Bool {
        let before = try model.log.batches()
        cleaner.nowMs = nowMs
        let logs = TestLogs(logs: [model.log], nowMs: nowMs)
        disk.changesUntilPowerOff = changes
        do throws(LogError) {
            if case .compacted = try cleaner.cleaner.compactDirtiest(of: logs) {
                model.hasCompacted()
            }
        } catch {
            try model.check(
                changes != nil || disk.freeBytes != nil || disk.failurePermille > 0,
                "\(error) of a good disk")
        }
        if disk.changesUntilPowerOff == 0 { return false }
        disk.changesUntilPowerOff = nil
        if directory.health.isFailed { return false }
        try model.checkCompacted(before, model.log.batches(), nowMs: nowMs)
        try model.checkContents()
        return true
    }

    /// Until nothing is left to do.
    mutating func compactAll() throws {
        for _ in 0..<200 {
            let end = cleaner.cleaner.checkpoint(of: partition)
            try compact(powerOffAfter: nil)
            if cleaner.cleaner.checkpoint(of: partition) == end { return }
        }
        try model.check(false, "it does not end")
    }

    /// The power goes off, perhaps once more while the log is loaded.
    mutating func crash(_ generator: inout SeededGenerator) throws {
        disk.crash()
        if Bool.random(using: &generator) {
            disk.changesUntilPowerOff = Int.random(in: 0..<30, using: &generator)
            _ = try? open()
            disk.crash()
        }
        let log = try open()
        cleaner = try Self.makeCleaner(directory, log, mapKeys)
        try model.adopt(log)
    }

    private mutating func open() throws -> PartitionLog {
        let settings = settings
        directory = try LogDirectory.open(path: Self.path, disk: disk)
        let logs = try directory.loadAll(threads: 1) { _ in settings }
        guard let log = logs.first else {
            throw CompactionModel.Wrong(description: "the log is gone")
        }
        return log
    }
}
