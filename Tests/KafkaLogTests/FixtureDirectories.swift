import KafkaBase
import TestSupport

@testable import KafkaLog

/// The log directories of the fixture sets, told apart by what lies in them.
struct FixtureDirectories {
    /// A directory of a partition.
    struct Partition: CustomStringConvertible {
        /// Of the fixture set.
        var set: String
        var path: String
        var name: String { String(path.split(separator: "/").last!) }
        /// Below the set.
        var relative: String { String(path.dropFirst(set.count + 1)) }
        /// The first part of the relative path: what kind of directory it is in.
        var group: String { String(relative.split(separator: "/").first!) }
        var description: String { relative }

        var topicPartition: TopicPartition? {
            guard case .partition(let partition) = PartitionDirectoryName(name) else { return nil }
            return partition
        }
    }

    let set: String

    static func all() throws -> [FixtureDirectories] {
        try Fixtures.directories().map { FixtureDirectories(set: $0) }
    }

    /// Every directory that holds a `.log`.
    var partitions: [Partition] {
        let logs = Fixtures.files(under: set, suffix: ".log")
        let paths = Swift.Set(logs.map { $0.parentDirectory }).sorted()
        return paths.map { Partition(set: set, path: $0) }.filter { $0.group != "expected" }
    }

    /// The files of that name below `expected`.
    func expected(_ name: String) -> [String] {
        Fixtures.files(under: set + "/expected", suffix: name)
    }

    /// Rows of a file of JSON lines.
    static func rows(_ path: String) throws -> [JSON] {
        try Fixtures.lines(path).map { try JSON($0) }
    }

    /// Groups that have an expectation of their own for a recovery, by name.
    var recoveries: [(group: String, rows: [JSON])] {
        get throws {
            try expected("/recovery.jsonl").map { path in
                (String(path.split(separator: "/").dropLast().last!), try Self.rows(path))
            }
        }
    }
}
