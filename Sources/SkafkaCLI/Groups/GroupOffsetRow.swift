internal import KafkaBase
internal import KafkaClient

/// Where a group stands in a partition, and who reads it: a row of `groups describe` and of
/// `offsets committed`, with the columns of Kafka's own tool.
struct GroupOffsetRow: Equatable {
    var group: String
    /// Nil for a member that reads nothing.
    var partition: TopicPartition?
    /// Nil where none is committed.
    var currentOffset: Int64?
    /// Nil where the partition, or its leader, is not there.
    var endOffset: Int64?
    /// Who reads it; nil for nobody.
    var member: GroupDescription.Member?

    var lag: Int64? {
        guard let currentOffset, let endOffset else { return nil }
        return endOffset - currentOffset
    }

    /// Partitions that have an offset or a reader, then members that read nothing.
    ///
    /// - Parameter members: none where the group cannot be described.
    static func rows(
        group: String, members: [GroupDescription.Member],
        offsets: [TopicPartition: OffsetAndMetadata], ends: [TopicPartition: Int64]
    ) -> [GroupOffsetRow] {
        var readers: [TopicPartition: GroupDescription.Member] = [:]
        for member in members {
            for partition in member.assignment { readers[partition] = member }
        }
        let partitions = Set(offsets.keys).union(readers.keys).sorted()
        return partitions.map { partition in
            GroupOffsetRow(
                group: group, partition: partition, currentOffset: offsets[partition]?.offset,
                endOffset: ends[partition], member: readers[partition])
        }
            + members.filter(\.assignment.isEmpty).map {
                GroupOffsetRow(group: group, partition: nil, member: $0)
            }
    }

    static var layout: RowLayout<GroupOffsetRow> {
        RowLayout(columns: [
            .text("GROUP", "group") { .text($0.group) },
            .text("TOPIC", "topic") { .optional($0.partition?.topic) },
            .number("PARTITION", "partition") { .optional($0.partition?.partition) },
            .number("CURRENT-OFFSET", "currentOffset") { .optional($0.currentOffset) },
            .number("LOG-END-OFFSET", "logEndOffset") { .optional($0.endOffset) },
            .number("LAG", "lag") { .optional($0.lag) },
            .text("CONSUMER-ID", "consumerId") { .optional($0.member?.memberID) },
            .text("HOST", "host") { .optional($0.member?.host) },
            .text("CLIENT-ID", "clientId") { .optional($0.member?.clientID) },
        ])
    }
}
