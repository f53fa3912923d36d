internal import KafkaBase
internal import KafkaClient

/// The offsets that a group is to have, by the rules of Kafka's `kafka-consumer-groups`.
///
/// A value that is made of what was found out before; nothing is asked here.
struct ResetPlan {
    struct Row: Equatable {
        var group: String
        var partition: TopicPartition
        /// Nil where none is committed.
        var currentOffset: Int64?
        var newOffset: Int64
        var startOffset: Int64
        var endOffset: Int64
    }

    /// What is known of a partition.
    struct Facts: Equatable {
        var currentOffset: Int64?
        var startOffset: Int64
        var endOffset: Int64
        /// Of the first record that is late enough, where a time is asked for.
        var timeOffset: Int64?
    }

    var rows: [Row] = []
    /// Offsets that had to be moved to where the log is.
    var warnings: [String] = []
    /// Whether the offsets were set, or tried to.
    var isCarriedOut = false
    /// Partitions that have no place to go to, or were refused.
    var failures: [CommandFailure] = []

    /// Plans one partition.
    ///
    /// - Parameter wanted: what a file or another group says of it.
    mutating func add(
        _ partition: TopicPartition, of group: String, to target: ResetTarget, wanted: Int64?,
        _ facts: Facts
    ) {
        let asked: Int64
        switch target {
        case .earliest: asked = facts.startOffset
        case .latest: asked = facts.endOffset
        case .current: asked = facts.currentOffset ?? facts.endOffset
        case .offset(let offset): asked = offset
        case .shift(let distance):
            guard let current = facts.currentOffset else {
                failures.append(
                    .failed("group \(group) has no offset of \(partition) to shift"))
                return
            }
            // Far beyond either end is still beyond it.
            let (sum, isTooFar) = current.addingReportingOverflow(distance)
            asked = isTooFar ? (distance < 0 ? .min : .max) : sum
        case .time:
            if facts.timeOffset == nil {
                warnings.append("\(partition) has no record that late; the end is taken")
            }
            asked = facts.timeOffset ?? facts.endOffset
        case .file, .group:
            guard let wanted else { return }
            asked = wanted
        }
        let new = min(max(asked, facts.startOffset), facts.endOffset)
        switch target {
        // What is committed stays as it is, wherever the log is by now.
        case .current where facts.currentOffset != nil:
            rows.append(row(partition, group, asked, facts))
            return
        default: break
        }
        if asked > facts.endOffset {
            warnings.append(
                "offset \(asked) of \(partition) is behind the end; \(new) is taken")
        } else if asked < facts.startOffset {
            warnings.append(
                "offset \(asked) of \(partition) is before the start; \(new) is taken")
        }
        rows.append(row(partition, group, new, facts))
    }

    private func row(
        _ partition: TopicPartition, _ group: String, _ new: Int64, _ facts: Facts
    ) -> Row {
        Row(
            group: group, partition: partition, currentOffset: facts.currentOffset,
            newOffset: new, startOffset: facts.startOffset, endOffset: facts.endOffset)
    }

    // MARK: Output

    /// - Parameter withGroup: whether the group stands in front, as in a plan of several.
    func csvRows(withGroup: Bool) -> [OffsetCSV.Row] {
        rows.map {
            OffsetCSV.Row(
                group: withGroup ? $0.group : nil, partition: $0.partition, offset: $0.newOffset)
        }
    }

    static var layout: RowLayout<Row> {
        RowLayout(columns: [
            .text("GROUP", "group") { .text($0.group) },
            .text("TOPIC", "topic") { .text($0.partition.topic) },
            .number("PARTITION", "partition") { .int($0.partition.partition) },
            .number("CURRENT-OFFSET", "currentOffset") { .optional($0.currentOffset) },
            .number("NEW-OFFSET", "newOffset") { .int($0.newOffset) },
            .number("LOG-START-OFFSET", "logStartOffset") { .int($0.startOffset) },
            .number("LOG-END-OFFSET", "logEndOffset") { .int($0.endOffset) },
        ])
    }
}
