import KafkaBase
import KafkaLog
import NIOCore

/// Writes down where logs start that have moved, then takes what lies below out of use.
///
/// Any thread; the work is the storage thread's.
final class LogStartKeeper: Sendable {
    private let directories: LogDirectories
    private let thread: StorageThread
    private let storageEvents: StorageEvents
    private let clock: KafkaClock

    init(
        directories: LogDirectories, thread: StorageThread, storageEvents: StorageEvents,
        clock: KafkaClock
    ) {
        self.directories = directories
        self.thread = thread
        self.storageEvents = storageEvents
        self.clock = clock
    }

    /// - Returns: the partitions whose log start could not be written down, with the reason.
    func keep(
        _ partitions: [Partition], on eventLoop: any EventLoop
    ) -> EventLoopFuture<[TopicPartition: LogError]> {
        thread.run(on: eventLoop) { [self] in keepNow(partitions, nowMs: clock.nowMs) }
    }

    /// Blocks: on the storage thread. Segments of a log whose start could not be written down for
    /// want of room go all the same: their going makes room.
    func keepNow(_ partitions: [Partition], nowMs: Int64) -> [TopicPartition: LogError] {
        struct Start: Sendable {
            var name: TopicPartition
            var directory: String
            var offset: Int64
        }
        guard !partitions.isEmpty else { return [:] }
        let starts = try? partitions.onTheirLoops { partitions in
            partitions.filter { !$0.isRetired }.map {
                Start(
                    name: $0.name, directory: $0.log.logDirectoryPath,
                    offset: $0.log.logStartOffset)
            }
        }
        var errors: [TopicPartition: LogError] = [:]
        for (path, starts) in Dictionary(grouping: starts ?? [], by: \.directory) {
            let offsets = starts.filter { $0.offset > 0 }.map { ($0.name, $0.offset) }
            do throws(LogError) {
                try directories.directory(at: path).noteLogStarts(
                    Dictionary(offsets, uniquingKeysWith: max))
            } catch {
                storageEvents.report(error)
                for start in starts { errors[start.name] = error }
            }
        }
        let kept = partitions.filter { partition in
            guard let error = errors[partition.name] else { return true }
            if case .noSpace = error { return true }
            return false
        }
        _ = try? kept.onTheirLoops { partitions -> [Void] in
            for partition in partitions { partition.discardSegments(nowMs: nowMs) }
            return []
        }
        return errors
    }
}
