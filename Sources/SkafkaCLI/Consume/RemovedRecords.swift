internal import KafkaBase
internal import KafkaClient

/// Records that retention removed before they were read: reading goes on behind them.
struct RemovedRecords {
    let partition: TopicPartition
    /// The first offset that is gone.
    let first: Int64
    /// Where reading goes on.
    let next: Int64

    init(_ partition: TopicPartition, from first: Int64, to next: Int64) {
        self.partition = partition
        self.first = first
        self.next = next
    }

    /// - Returns: nil for any other error, a position behind the end among them.
    init?(_ error: KafkaError) {
        guard case .offsetOutOfRange(let partition, let requested, let start, _) = error.kind,
            requested >= 0, start > requested
        else { return nil }
        self.init(partition, from: requested, to: start)
    }

    /// One line for people.
    var message: String {
        "\(partition): offsets \(first) to \(next - 1) are gone; going on at \(next)"
    }
}
