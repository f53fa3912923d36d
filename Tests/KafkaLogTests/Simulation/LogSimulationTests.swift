import KafkaBase
import TestSupport
import Testing

@testable import KafkaLog

/// Seeded runs of whole log directories on a faulty disk: appends, flushes, rolls, checkpoints,
/// retention, deleted records, full disks, failing disks, crashes and clean restarts in any order.
@Suite("Simulation of the log on a faulty disk")
struct LogSimulationTests {
    @Test func crashesLoseNothingFlushed() throws {
        try Seeds.run(300) { seed, generator in
            var simulation = try Simulation(seed: seed, &generator)
            for _ in 0..<150 { try simulation.step(&generator) }
            try simulation.crash(&generator)
        }
    }

    /// A bit that flips on the disk costs the records from there on, never those before, and
    /// nothing wrong is read.
    @Test func flippedBits() throws {
        try Seeds.run(300) { seed, generator in
            let disk = SimulatedDisk(seed: seed)
            try disk.createDirectory("/log")
            var settings = LogSettings()
            settings.indexIntervalBytes = 100
            settings.indexSizeMaxBytes = 4096
            var model = LogModel(try loadLog("/log", disk: disk, settings: settings))
            for _ in 0..<20 { _ = try model.append(&generator) }
            let path = model.log.active.path(.log)
            let byte = Int.random(in: 0..<model.log.sizeBytes, using: &generator)
            let hit = try #require(try batchEnds(path, disk).first { $0.end > byte })
            disk.flipBit(path, byte: byte, bit: Int.random(in: 0..<8, using: &generator))
            let log = try loadLog("/log", disk: disk, settings: settings)
            let expected = model.records.map(\.value)
            let found = try log.records().map(\.value)
            try model.check(expected.starts(with: found), "\(found) is not in \(expected)")
            let intact = model.records.filter { $0.offset < hit.baseOffset }
            try model.check(found.count >= intact.count, "records before byte \(byte) are gone")
            // A base offset that jumped ahead is noticed by the batch that follows.
            let size = try disk.fileSize(path) ?? 0
            try model.check(
                found.count == expected.count || size <= hit.end, "cut at \(size), not \(byte)")
        }
    }

    /// Whatever the files of a partition hold, loading and reading them ends, and ends in nothing
    /// worse than an error.
    @Test func filesOfAnyContent() throws {
        try Seeds.run(300) { seed, generator in
            let disk = SimulatedDisk(seed: seed)
            let settings = LogSettings(
                segmentBytes: 700, indexIntervalBytes: 100, indexSizeMaxBytes: 600)
            var model = LogModel(try loadLog("/log", disk: disk, settings: settings))
            for _ in 0..<12 { _ = try model.append(&generator) }
            try model.log.close()
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                try damage("/log", disk, &generator)
            }
            for wasClean in [true, false] {
                let log: PartitionLog
                do {
                    log = try loadLog("/log", disk: disk, wasClean: wasClean, settings: settings)
                } catch is LogError {
                    continue
                }
                for offset in log.logStartOffset..<min(log.logEndOffset, log.logStartOffset + 60) {
                    let read = try? log.read(
                        from: offset, maxBytes: 500, upTo: .max, atLeastOneBatch: true)
                    _ = try? read?.bytes()
                    _ = log.bytesAvailable(from: offset)
                }
                _ = try? log.timestampSearch().first(atOrAfter: 50_000)
                _ = try? log.append("goes on")
                try? log.close()
            }
        }
    }

    /// Overwrites, cuts or lengthens one of the files.
    private func damage(
        _ directory: String, _ disk: SimulatedDisk, _ generator: inout SeededGenerator
    ) throws {
        let names = try disk.list(directory).map(\.name)
        let path = directory + "/" + (try #require(names.randomElement(using: &generator)))
        let file = try disk.open(path, .readWrite)
        let size = try file.size()
        let position = Int.random(in: 0...size, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: try file.truncate(to: position)
        case 1: try file.truncate(to: size + position)
        default:
            let fill = [UInt8(0), 0x7F, 0xFF].randomElement(using: &generator)
            let bytes = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                fill ?? UInt8.random(in: 0...255, using: &generator)
            }
            try file.write(bytes, at: position)
        }
    }

    private func batchEnds(_ path: String, _ disk: SimulatedDisk) throws -> [BatchFrame] {
        let file = try disk.open(path, .read)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
        defer { buffer.deallocate() }
        var scanner = BatchScanner(file, from: 0, to: try file.size(), buffer: buffer)
        var frames: [BatchFrame] = []
        while let frame = try scanner.next() { frames.append(frame) }
        return frames
    }
}

/// One run: a directory of some partitions and what they should hold.
private struct Simulation {
    private static let path = "/data"

    private static let reserveBytes = 2_000

    private let disk: SimulatedDisk
    private var settings: LogSettings
    private var directory: LogDirectory
    private var models: [LogModel]

    init(seed: UInt64, _ generator: inout SeededGenerator) throws {
        disk = SimulatedDisk(seed: seed ^ 0x5EED)
        try disk.createDirectory(Self.path)
        try disk.syncDirectory("/")
        settings = LogSettings(
            segmentBytes: Int.random(in: 400...4000, using: &generator),
            segmentMs: Bool.random(using: &generator) ? 40_000 : 1_000_000,
            indexIntervalBytes: Int.random(in: 0...400, using: &generator),
            indexSizeMaxBytes: Int.random(in: 60...600, using: &generator))
        settings.isDeletedByRetention = Bool.random(using: &generator)
        settings.retentionMs = Int64.random(in: -1...60_000, using: &generator)
        settings.retentionBytes = Int64.random(in: -1...9_000, using: &generator)
        settings.fileDeleteDelayMs = 100
        directory = try LogDirectory.open(
            path: Self.path, disk: disk, reserveBytes: Self.reserveBytes)
        models = []
        for partition in 0..<Int32.random(in: 1...3, using: &generator) {
            models.append(
                LogModel(
                    try directory.createLog(
                        TopicPartition(topic: "t", partition: partition), topicID: .random(),
                        settings: settings)))
        }
    }

    mutating func step(_ generator: inout SeededGenerator) throws {
        let index = Int.random(in: 0..<models.count, using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<50: try append(index, &generator)
        case 50..<56: try models[index].checkRead(&generator)
        case 56..<60: try applyRetention(index, &generator)
        case 60..<65: try models[index].checkTimestamp(&generator)
        case 65..<72: try takeTicket(index)
        case 72..<80: try checkFailure(models[index].runTicket())
        case 80..<83: models[index].leaderEpoch += 1
        case 83..<85: try roll(index)
        case 85..<88: try writeCheckpoints()
        case 88: try advanceStart(index, &generator)
        case 89: try deleteRecords(index, &generator)
        case 90..<93:
            disk.freeBytes =
                disk.freeBytes == nil ? Int.random(in: 0...600, using: &generator) : nil
        case 93: disk.failurePermille = 200
        case 94..<96: try restart(&generator)
        case 96..<98: try crash(&generator)
        default: try takeTicket(index)
        }
    }

    /// An error must be one that the disk was told to give; after EIO the directory is failed.
    private func checkFailure(_ error: LogError?) throws {
        switch error {
        case nil: return
        case .noSpace: try models[0].check(disk.freeBytes != nil, "no space on an empty disk")
        case .failed: try models[0].check(directory.health.isFailed, "failed for no reason")
        case .io:
            try models[0].check(disk.failurePermille > 0, "\(error!) of a good disk")
            try models[0].check(directory.health.isFailed, "not failed after \(error!)")
        default: throw error!
        }
    }

    private mutating func append(_ index: Int, _ generator: inout SeededGenerator) throws {
        let wasFailed = directory.health.isFailed
        let error = try models[index].append(&generator)
        try models[index].check(!wasFailed || error != nil, "append to a failed directory")
        try checkFailure(error)
    }

    private mutating func takeTicket(_ index: Int) throws {
        if models[index].ticket == nil {
            models[index].ticket = try models[index].log.flushTicket()
        }
    }

    private func roll(_ index: Int) throws {
        do throws(LogError) {
            try models[index].log.roll(nowMs: 1_000)
        } catch {
            try checkFailure(error)
        }
    }

    private mutating func advanceStart(
        _ index: Int, _ generator: inout SeededGenerator
    ) throws {
        let log = models[index].log
        let start = Int64.random(in: log.logStartOffset...log.logEndOffset, using: &generator)
        try log.advanceLogStart(to: start)
        models[index].highestStart = max(models[index].highestStart, start)
    }

    /// DeleteRecords: once it is answered, the records stay away.
    private mutating func deleteRecords(
        _ index: Int, _ generator: inout SeededGenerator
    ) throws {
        try advanceStart(index, &generator)
        try noteStart(index)
    }

    private mutating func noteStart(_ index: Int) throws {
        let log = models[index].log
        do throws(LogError) {
            try directory.noteLogStarts([log.topicPartition: log.logStartOffset])
            models[index].checkpointedStart = log.logStartOffset
        } catch .noSpace {
            try models[index].check(disk.freeBytes != nil, "no space on an empty disk")
        } catch {
            // A checkpoint that cannot be written fails nothing.
        }
    }

    /// All of its steps, or the first ones.
    private mutating func applyRetention(
        _ index: Int, _ generator: inout SeededGenerator
    ) throws {
        let log = models[index].log
        let nowMs = Int64.random(in: 0...150_000, using: &generator)
        let segments = log.segments.map { ($0.baseOffset, $0.sizeBytes) }
        do throws(LogError) {
            let hasExpired = try log.expireSegments(highWatermark: log.logEndOffset, nowMs: nowMs)
            models[index].highestStart = max(models[index].highestStart, log.logStartOffset)
            guard hasExpired, Int.random(in: 0..<8, using: &generator) > 0 else { return }
            do {
                try noteStart(index)
            } catch {
                throw error as? LogError ?? .failed(path: Self.path)
            }
            guard Int.random(in: 0..<8, using: &generator) > 0 else { return }
            _ = try log.discardBelowLogStart(nowMs: nowMs)
        } catch {
            return try checkFailure(error)
        }
        try models[index].check(
            log.sizeBytes == log.segments.reduce(0) { $0 + $1.sizeBytes }, "wrong size")
        try models[index].check(
            log.segments.dropFirst().allSatisfy { $0.baseOffset > log.logStartOffset },
            "\(log.logStartOffset) leaves \(segments)")
        for error in directory.removals.removeDue(nowMs: nowMs) { try checkFailure(error) }
        directory.reserve.restore()
    }

    private mutating func writeCheckpoints() throws {
        // A log start beyond what is durable would be a promise about lost offsets.
        for index in models.indices {
            models[index].ticket = try models[index].log.flushTicket()
            if let error = try models[index].runTicket() { return try checkFailure(error) }
        }
        do throws(LogError) {
            try directory.writeCheckpoints(models.map(\.log.checkpoint))
        } catch {
            // Checkpoints are no acknowledgement: an error there fails nothing.
            return
        }
        for index in models.indices {
            models[index].checkpointedStart = models[index].log.logStartOffset
        }
    }

    private mutating func restart(_ generator: inout SeededGenerator) throws {
        do throws(LogError) {
            try directory.close(models.map(\.log))
        } catch {
            // The marker may be there when all but the sync of its directory has worked.
            disk.crash()
            return try open()
        }
        disk.freeBytes = nil
        disk.failurePermille = 0
        for index in models.indices { models[index].flushedEnd = models[index].end }
        try open()
    }

    mutating func crash(_ generator: inout SeededGenerator) throws {
        disk.crash()
        try open()
        try models[0].check(!directory.wasCleanShutdown, "a crash counts as clean")
    }

    private mutating func open() throws {
        directory = try LogDirectory.open(
            path: Self.path, disk: disk, reserveBytes: Self.reserveBytes)
        let settings = settings
        let logs = try directory.loadAll(threads: 1) { _ in settings }
        for index in models.indices {
            guard let log = logs.first(where: { $0.topicPartition == models[index].partition })
            else {
                // A log that was never flushed need not be there.
                try models[index].check(models[index].flushedEnd == 0, "is gone")
                models[index] = LogModel(
                    try directory.createLog(
                        models[index].partition, topicID: .random(), settings: settings))
                continue
            }
            try models[index].adopt(log, wasClean: directory.wasCleanShutdown)
        }
    }
}
