/// Which of a log's oldest segments have outlived its settings (Kafka's
/// `UnifiedLog.deleteOldSegments`). Pure.
struct RetentionRules {
    /// What is looked at of a segment.
    struct Segment {
        var baseOffset: Int64
        var sizeBytes: Int
        /// Of its records, or of its making where they have none.
        var largestTimestamp: Int64
    }

    let settings: LogSettings
    let logStartOffset: Int64
    let logEndOffset: Int64
    /// Nothing at or above it goes.
    let highWatermark: Int64
    let nowMs: Int64

    /// How many segments go, from the oldest on: those below the log start whatever the policy is,
    /// and of a log with the policy `delete` what is too much and what is too old.
    ///
    /// All of them is possible: then the active one has to be rolled before.
    ///
    /// - Parameter segments: all of the log's, in their order.
    func expiredCount(_ segments: [Segment]) -> Int {
        var count = countWhile(segments, from: 0) { index in
            index + 1 < segments.count && segments[index + 1].baseOffset <= logStartOffset
        }
        guard settings.isDeletedByRetention else { return count }
        if settings.retentionBytes >= 0 {
            var excess = segments[count...].reduce(0) { $0 + Int64($1.sizeBytes) }
            excess -= settings.retentionBytes
            count = countWhile(segments, from: count) { index in
                excess -= Int64(segments[index].sizeBytes)
                return excess >= 0
            }
        }
        if settings.retentionMs >= 0 {
            count = countWhile(segments, from: count) { index in
                // Timestamps are the producers': far from now in either direction.
                let (age, overflow) = nowMs.subtractingReportingOverflow(
                    segments[index].largestTimestamp)
                return overflow ? nowMs > 0 : age > settings.retentionMs
            }
        }
        return count
    }

    private func countWhile(
        _ segments: [Segment], from first: Int, _ isExpired: (Int) -> Bool
    ) -> Int {
        var index = first
        while index < segments.count {
            let isLast = index + 1 == segments.count
            let end = isLast ? logEndOffset : segments[index + 1].baseOffset
            guard end <= highWatermark, !(isLast && segments[index].sizeBytes == 0),
                isExpired(index)
            else { break }
            index += 1
        }
        return index
    }
}
