internal import KafkaBase

/// `meta.properties` of version 1: whom a log directory belongs to (KIP-858).
struct MetaProperties: Equatable {
    static let name = "meta.properties"

    var clusterID: String
    var nodeID: Int32
    var directoryID: Uuid

    /// Nil where there is no file.
    static func read(disk: any Disk, directory: String) throws(LogError) -> MetaProperties? {
        let path = directory + "/" + name
        guard let bytes = try disk.content(of: path) else { return nil }
        let values = PropertiesText.parse(String(decoding: bytes, as: UTF8.self))
        guard values["version"] == "1" else {
            throw .notOurs(path: path, reason: "version \(values["version"] ?? "missing"), not 1")
        }
        guard let clusterID = values["cluster.id"], let node = values["node.id"].flatMap(Int32.init)
        else { throw .corrupt(path: path, position: 0, reason: "no cluster.id or no node.id") }
        let directoryID = values["directory.id"].flatMap { Uuid($0) } ?? .zero
        return MetaProperties(clusterID: clusterID, nodeID: node, directoryID: directoryID)
    }

    /// Durable when it returns. Blocks.
    func write(disk: any Disk, directory: String) throws(LogError) {
        let text = """
            #
            cluster.id=\(clusterID)
            directory.id=\(directoryID)
            node.id=\(nodeID)
            version=1

            """
        try disk.replace(directory + "/" + MetaProperties.name, with: Array(text.utf8))
    }
}

/// The little of Java's properties format that meta.properties uses.
enum PropertiesText {
    static func parse(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }) {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.first == "#" || line.first == "!" { continue }
            guard let equals = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { continue }
            let value = line[line.index(after: equals)...].drop { $0 == " " }
            values[line[..<equals].filter { $0 != " " }] = value.filter { $0 != "\\" }
        }
        return values
    }
}
