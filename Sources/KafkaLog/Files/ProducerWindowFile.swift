internal import KafkaBase

/// `producer-window-checkpoint` in the root of a log directory: what a clean stop knew of producers'
/// last batches beyond the one that a snapshot keeps of each.
///
/// A client whose answers were cut off by the stop sends all that it had in flight again; known by
/// the snapshots alone the first of them would be out of order. The file is not Kafka's, which
/// passes over it. Its rows count only where a snapshot's last batch is among them, so one that is
/// out of date says nothing.
struct ProducerWindowFile {
    static let name = "producer-window-checkpoint"
    /// Bounds the time of a stop; producers beyond are known by their last batch.
    private static let maxRows = 200_000

    /// Batches by producer, of each log.
    typealias Windows = [TopicPartition: [Int64: [ProducerEntry.Batch]]]

    private let file: CheckpointFile
    private let disk: any Disk

    init(disk: any Disk, directory: String) {
        self.disk = disk
        file = CheckpointFile(disk: disk, path: directory + "/" + ProducerWindowFile.name)
    }

    /// Empty where there is no file.
    ///
    /// - Throws: `corrupt`, `io`.
    func read() throws(LogError) -> Windows {
        var windows: Windows = [:]
        for row in try file.read(fieldCount: 7) ?? [] {
            guard let partition = Int32(row[1]), let producerID = Int64(row[2]),
                let sequence = Int32(row[3]), let offset = Int64(row[4]),
                let delta = Int32(row[5]), let timestamp = Int64(row[6])
            else { throw file.corrupt("malformed row") }
            let name = TopicPartition(topic: String(row[0]), partition: partition)
            windows[name, default: [:]][producerID, default: []].append(
                ProducerEntry.Batch(
                    lastSequence: sequence, lastOffset: offset, offsetDelta: delta,
                    timestamp: timestamp))
        }
        return windows
    }

    /// Durable when it returns; there is no file where there is nothing to say. Blocks.
    func write(_ logs: [(name: TopicPartition, producers: ProducerStates)]) throws(LogError) {
        var rows: [String] = []
        for (name, producers) in logs {
            for entry in producers.entries.values where entry.batches.count > 1 {
                guard rows.count < Self.maxRows else { break }
                rows += entry.batches.map { batch in
                    "\(name.topic) \(name.partition) \(entry.producerID) \(batch.lastSequence) "
                        + "\(batch.lastOffset) \(batch.offsetDelta) \(batch.timestamp)"
                }
            }
        }
        if rows.isEmpty {
            try disk.removeFile(file.path)
        } else {
            try file.write(rows: rows)
        }
    }
}
