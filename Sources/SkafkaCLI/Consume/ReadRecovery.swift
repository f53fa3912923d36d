internal import KafkaBase
internal import KafkaClient

/// How reading goes on after an error that stopped a partition: behind records that retention has
/// removed meanwhile, and at the beginning of a topic that was made anew, unless an end in the old
/// one was asked for.
struct ReadRecovery: Equatable {
    let partition: TopicPartition
    /// What is left to be read; nil when nothing is.
    let range: PartitionRange?
    /// Whether the topic is another one now, so that no offset of the old one counts.
    let isNewTopic: Bool
    /// One line for people.
    let message: String

    /// - Parameter open: what is still read.
    /// - Returns: nil for any other error.
    init?(from error: KafkaError, reading open: [TopicPartition: PartitionRange]) {
        if case .topicRecreated(let partition) = error.kind, let old = open[partition],
            old.end == nil
        {
            self.partition = partition
            range = PartitionRange(start: 0, from: 0)
            isNewTopic = true
            message = "\(error.message); going on at the beginning"
            return
        }
        guard let removed = RemovedRecords(error), var rest = open[removed.partition] else {
            return nil
        }
        rest.start = removed.next
        partition = removed.partition
        range = rest.isEmpty ? nil : rest
        isNewTopic = false
        message = removed.message
    }

    /// Lets the consumer go on there.
    func apply(to consumer: Consumer) {
        if let range {
            consumer.seek(partition, to: range.start)
        } else {
            consumer.unassign([partition])
        }
    }
}
