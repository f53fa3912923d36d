internal import KafkaBase

/// Failed deliveries as lines for a person: those of one partition for one reason are told
/// together, with a count, and at most twice.
///
/// A value; holds `countMax` of them, whatever comes.
struct DeliveryFailures {
    private struct Entry {
        var partition: TopicPartition
        var reason: String
        /// Records that were not told of.
        var count: Int
        var isTold = false
    }

    /// More than these partitions and reasons are not told of.
    private static let countMax = 20

    private var entries: [Entry] = []
    private var isOverfull = false

    /// - Returns: whether there is something to `tell` that was never told of.
    mutating func add(_ count: Int, to partition: TopicPartition, _ reason: String) -> Bool {
        let found = entries.firstIndex { $0.partition == partition && $0.reason == reason }
        if let found {
            entries[found].count += count
            return false
        }
        guard entries.count < DeliveryFailures.countMax else {
            defer { isOverfull = true }
            return !isOverfull
        }
        entries.append(Entry(partition: partition, reason: reason, count: count))
        return true
    }

    /// The lines to be written now.
    ///
    /// - Parameter isLast: whether there will be no more: the rest is told of too.
    mutating func tell(isLast: Bool) -> [String] {
        var lines: [String] = []
        for (index, entry) in entries.enumerated() where entry.count > 0 {
            guard isLast || !entry.isTold else { continue }
            let more = entry.isTold ? " more" : ""
            let records =
                entry.count == 1
                ? (entry.isTold ? "another record" : "a record") : "\(entry.count)\(more) records"
            lines.append("\(records) to \(entry.partition) not delivered: \(entry.reason)")
            entries[index].count = 0
            entries[index].isTold = true
        }
        if isLast, isOverfull {
            lines.append("further failures not shown")
            isOverfull = false
        }
        return lines
    }
}
