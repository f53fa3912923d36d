internal import KafkaBase

/// What the name of a directory in a log directory says.
enum PartitionDirectoryName: Equatable {
    /// `topic-partition`.
    case partition(TopicPartition)
    /// `topic-partition.id-delete`: deleted, its files just have not gone yet.
    case deleted
    /// `-future` (a move between disks), `-stray` (of no known topic), and KRaft's own log; not
    /// loaded.
    case setAside
    /// None of these.
    case other

    /// Longest file name in bytes.
    private static let maxNameBytes = 255

    init(_ name: String) {
        if name.hasSuffix("-delete"), name.contains(".") {
            self = .deleted
        } else if name.hasSuffix("-future") || name.hasSuffix("-stray")
            || name.hasPrefix("__cluster_metadata-")
        {
            self = .setAside
        } else if let dash = name.lastIndex(of: "-"), dash != name.startIndex,
            let partition = Int32(name[name.index(after: dash)...]), partition >= 0,
            // Not 07 or +7 as well, which would be the same partition twice.
            name[name.index(after: dash)...] == partition.description[...]
        {
            self = .partition(TopicPartition(topic: String(name[..<dash]), partition: partition))
        } else {
            self = .other
        }
    }

    /// The name that a deleted partition's directory gets, cut down to what file systems take
    /// (Kafka's `UnifiedLog.logDeleteDirName`).
    static func deletedName(of partition: TopicPartition, id: Uuid) -> String {
        name(of: partition, id: id, kind: "delete")
    }

    /// The name of one whose topic nobody knows, cut down likewise.
    static func strayName(of partition: TopicPartition, id: Uuid) -> String {
        name(of: partition, id: id, kind: "stray")
    }

    private static func name(of partition: TopicPartition, id: Uuid, kind: String) -> String {
        let suffix = "-\(partition.partition).\(id.hexadecimal)-\(kind)"
        var topic = partition.topic
        // By characters: a stray's name may be any.
        while topic.utf8.count > maxNameBytes - suffix.utf8.count { topic.removeLast() }
        return topic + suffix
    }
}
