internal import KafkaLog
internal import Platform

/// What Kafka's tool says on standard error when it has shown all files: where the offsets of a log
/// have gaps, and which index entries do not name a batch of their log. Much of it is normal, after
/// compaction say; what is damage is told as a finding, too. One owner, bounded.
final class KafkaMismatches {
    private struct List {
        var path: String
        var lines: [String]
    }

    private var indexes: [List] = []
    private var timestamps: [List] = []
    private var timestampOrders: [List] = []
    private var timeOffsets: [List] = []
    private var gaps: [List] = []
    private var lastOffset: Int64 = -1
    private var count = 0
    private static let countMax = 250_000

    // MARK: Logs

    /// A log's records follow.
    func begin() { lastOffset = -1 }

    @inline(__always)
    func see(offset: Int64, of path: () -> String) {
        if lastOffset != -1, offset != lastOffset &+ 1 {
            add("  \(lastOffset) is followed by \(offset)", path(), to: &gaps)
        }
        lastOffset = offset
    }

    // MARK: Indexes

    func see(
        _ entry: InspectedOffsetEntry, _ log: inout LogLookup?, of path: String
    ) throws(LogError) {
        guard let last = try log?.lastOffset(at: Int(entry.position)), last != entry.offset else {
            return
        }
        add("  Index offset: \(entry.offset), log offset: \(last)", path, to: &indexes)
    }

    /// - Parameters:
    ///   - previous: timestamp of the entry before; -1 for the first.
    ///   - position: where the offset index says to look.
    func see(
        _ entry: InspectedTimeEntry, behind previous: Int64, from position: Int,
        _ log: inout LogLookup?, of path: String
    ) throws(LogError) {
        guard log != nil else { return }
        let last = try log?.lastOffset(atOrAbove: entry.offset, from: position)
        guard last == entry.offset else {
            return add(
                "Indexed offset: \(entry.offset), found log offset: \(last ?? -1)", path,
                to: &timeOffsets)
        }
        let timestamp = try log?.maxTimestamp() ?? -1
        if timestamp != entry.timestamp {
            add(
                "  Index timestamp: \(entry.timestamp), log timestamp: \(timestamp)", path,
                to: &timestamps)
        }
        if previous >= entry.timestamp {
            add(
                "  Index timestamp: \(entry.timestamp), Previously indexed timestamp: \(previous)",
                path, to: &timestampOrders)
        }
    }

    private func add(_ line: String, _ path: String, to lists: inout [List]) {
        guard count < KafkaMismatches.countMax else { return }
        count += 1
        if lists.last?.path != path { lists.append(List(path: path, lines: [])) }
        lists[lists.count - 1].lines.append(line)
    }

    // MARK: Output

    /// All lines, in the tool's order.
    func lines() -> [String] {
        lines(indexes, "Mismatches in :", isReversed: true)
            + lines(timestamps, "Found timestamp mismatch in :")
            + lines(timestampOrders, "Found out of order timestamp in :")
            + timeOffsets.flatMap {
                ["The following indexed offsets are not found in the log."] + $0.lines
            }
            + lines(gaps, "Non-consecutive offsets in ", isReversed: true)
    }

    /// - Parameter isReversed: the tool puts new ones in front.
    private func lines(_ lists: [List], _ title: String, isReversed: Bool = false) -> [String] {
        lists.flatMap { list in
            [title + KafkaMismatches.absolute(list.path)]
                + (isReversed ? list.lines.reversed() : list.lines)
        }
    }

    /// Java's `File.getAbsolutePath`: of a relative path, behind the working directory.
    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let directory = getcwd(nil, 0) else { return path }
        defer { free(directory) }
        return String(cString: directory) + "/" + path
    }
}
