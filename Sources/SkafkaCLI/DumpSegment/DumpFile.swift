internal import KafkaLog
internal import KafkaWire
internal import Platform

/// A file to be shown.
struct DumpFile {
    /// As the caller named it, or below the directory that the caller named.
    var path: String
    var name: InspectedFileName
    var topic: String?
    var partition: Int32?
    /// Whose records are to be decoded.
    var internalTopic: InternalTopic?

    init(path: String) {
        self.path = path
        let slash = path.lastIndex(of: "/")
        name = InspectedFileName(String(slash.map { path[path.index(after: $0)...] } ?? path[...]))
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The directory's path; `.` for a bare name.
    var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The path of another file of the same segment.
    func sibling(_ kind: InspectedFileName.Kind) -> String {
        let stem = name.name.prefix { $0 != "." }
        let suffix = name.suffix.map { "." + $0 } ?? ""
        return "\(path.dropLast(name.name.count))\(stem).\(kind.rawValue)\(suffix)"
    }

    /// Takes topic and partition from the directory's name.
    mutating func setPartition() {
        let partition = TopicPartitionName(directory: directory)
        topic = partition?.topic
        self.partition = partition?.partition
    }
}

/// Whose files lie in a directory, by its name: `topic-partition`, perhaps with an id and
/// `-delete`, `-future` or `-stray` behind.
struct TopicPartitionName: Equatable {
    var topic: String
    var partition: Int32

    init?(directory: String) {
        guard let real = realpath(directory, nil) else { return nil }
        defer { free(real) }
        let path = String(cString: real)
        self.init(name: path.split(separator: "/").last.map(String.init) ?? "")
    }

    /// The order of directories' names: by topic, then by the partition's number; what is no
    /// partition's comes first.
    static func precedes(_ left: String, _ right: String) -> Bool {
        switch (TopicPartitionName(name: left), TopicPartitionName(name: right)) {
        case (let first?, let second?):
            (first.topic, first.partition, left) < (second.topic, second.partition, right)
        case (nil, nil): left < right
        case (let first, _): first == nil
        }
    }

    init?(name: String) {
        var name = name[...]
        for suffix in ["-delete", "-future", "-stray"] where name.hasSuffix(suffix) {
            guard let dot = name.lastIndex(of: ".") else { return nil }
            name = name[..<dot]
        }
        guard let dash = name.lastIndex(of: "-"), dash != name.startIndex,
            let partition = Int32(name[name.index(after: dash)...]), partition >= 0
        else { return nil }
        topic = String(name[..<dash])
        self.partition = partition
    }
}

extension InspectedFileName {
    /// A kind of file that a log directory has.
    var isDumped: Bool { kind != .other }

    /// Files of a segment are called after its base offset, which their entries count from.
    var lacksBaseOffset: Bool {
        switch kind {
        case .index, .timeindex, .txnindex: baseOffset == nil
        default: false
        }
    }

    /// A kind that Kafka's own tool reads.
    var isKnownToKafka: Bool {
        switch kind {
        case .log, .index, .timeindex, .txnindex, .snapshot, .checkpoint: true
        default: false
        }
    }
}
