internal import KafkaBase

/// `partition.metadata`: the topic's id, kept beside the log so that a log of a deleted topic of
/// the same name is not taken for its own (KIP-516).
enum PartitionMetadataFile {
    static let name = "partition.metadata"

    /// Nil where there is no file.
    static func read(disk: any Disk, directory: String) throws(LogError) -> Uuid? {
        let path = directory + "/" + name
        guard let bytes = try disk.content(of: path) else { return nil }
        var id: Uuid?
        var version: Substring?
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].drop { $0 == " " }
            if parts[0] == "version" { version = value }
            if parts[0] == "topic_id" { id = Uuid(String(value)) }
        }
        guard version == "0", let id else {
            throw .corrupt(path: path, position: 0, reason: "no topic id of version 0")
        }
        return id
    }

    /// Writes a new file. Durable after a sync of it and of its directory. Blocks.
    static func write(_ id: Uuid, disk: any Disk, directory: String) throws(LogError) {
        try disk.write(Array("version: 0\ntopic_id: \(id)".utf8), to: directory + "/" + name)
    }
}
