internal import KafkaBase

/// A checkpoint file of one offset per partition, in the root of a log directory.
struct OffsetCheckpoint {
    /// Offsets up to which each log is known to be on disk.
    static let recoveryPoints = "recovery-point-offset-checkpoint"
    /// Log start offsets that lie inside a segment (DeleteRecords).
    static let logStartOffsets = "log-start-offset-checkpoint"
    /// High watermarks.
    static let replication = "replication-offset-checkpoint"
    /// Offsets up to which compaction has been through each log.
    static let cleaner = "cleaner-offset-checkpoint"

    private let file: CheckpointFile

    init(disk: any Disk, directory: String, name: String) {
        file = CheckpointFile(disk: disk, path: directory + "/" + name)
    }

    /// Empty where there is no file.
    func read() throws(LogError) -> [TopicPartition: Int64] {
        var offsets: [TopicPartition: Int64] = [:]
        for row in try file.read(fieldCount: 3) ?? [] {
            guard let partition = Int32(row[1]), let offset = Int64(row[2]),
                (0...BatchFrame.maxOffset).contains(offset)
            else {
                throw file.corrupt("malformed row")
            }
            offsets[TopicPartition(topic: String(row[0]), partition: partition)] = offset
        }
        return offsets
    }

    func write(_ offsets: [TopicPartition: Int64]) throws(LogError) {
        let rows = offsets.sorted { $0.key < $1.key }
        try file.write(rows: rows.map { "\($0.key.topic) \($0.key.partition) \($0.value)" })
    }
}
