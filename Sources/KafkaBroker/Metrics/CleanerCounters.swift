import KafkaLog

/// What the rounds of compaction came to since the start.
struct CleanerCounters: Sendable, Equatable {
    private(set) var roundCount = 0
    private(set) var failureCount = 0
    private(set) var durationMs: Int64 = 0
    private(set) var bytesRead = 0
    private(set) var bytesWritten = 0
    private(set) var recordsRead: Int64 = 0
    private(set) var recordsKept: Int64 = 0

    mutating func add(_ result: CompactionResult) {
        roundCount += 1
        durationMs += result.durationMs
        bytesRead += result.bytesRead
        bytesWritten += result.bytesWritten
        recordsRead += result.recordsRead
        recordsKept += result.recordsKept
    }

    mutating func addFailure() { failureCount += 1 }

    func write(into text: inout MetricsText) {
        text.single(
            "skafka_cleaner_rounds_total", .counter, "Logs compacted.",
            MetricsText.Value(roundCount))
        text.single(
            "skafka_cleaner_failures_total", .counter, "Compactions that failed.",
            MetricsText.Value(failureCount))
        text.single(
            "skafka_cleaner_seconds_total", .counter, "Time spent on compaction.",
            .milliseconds(durationMs))
        text.single(
            "skafka_cleaner_read_bytes_total", .counter, "Bytes of segments compacted.",
            MetricsText.Value(bytesRead))
        text.single(
            "skafka_cleaner_written_bytes_total", .counter, "Bytes that were left.",
            MetricsText.Value(bytesWritten))
        text.single(
            "skafka_cleaner_read_records_total", .counter, "Records gone through.",
            MetricsText.Value(recordsRead))
        text.single(
            "skafka_cleaner_kept_records_total", .counter, "Records that were kept.",
            MetricsText.Value(recordsKept))
    }
}
