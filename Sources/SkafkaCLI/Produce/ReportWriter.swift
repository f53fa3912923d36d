internal import KafkaClient
internal import KafkaRecords
internal import NIOConcurrencyHelpers

/// Prints a line for each acknowledged record (`--report`), on a thread of its own, since standard
/// output may block.
///
/// Any thread adds. Holds the reports that wait for the thread, with the batches as they were sent
/// where the format shows more of a record than its place: whoever reads the input stops while
/// `isFull`, so these are `fullBytes` and what the producer's buffer holds.
final class ReportWriter: Sendable {
    private struct Waiting {
        var reports: [DeliveryReport] = []
        var bytes = 0
    }

    private static let fullBytes = 8 << 20
    /// What a report takes besides its batch.
    private static let reportBytes = 256

    private let template: FormatTemplate
    private let showsRecords: Bool
    private let output: OutputBuffer
    private let thread = BlockingThread()
    private let waiting = NIOLockedValueBox(Waiting())

    init(_ template: FormatTemplate, _ output: OutputBuffer) {
        self.template = template
        self.output = output
        showsRecords = template.tokens.contains { token in
            switch token {
            case .literal, .topic, .partition, .offset: false
            default: true
            }
        }
    }

    /// Whether so much waits that nothing more should be sent.
    var isFull: Bool { waiting.withLockedValue { $0.bytes >= ReportWriter.fullBytes } }

    func add(_ report: DeliveryReport) {
        guard report.error == nil else { return }
        var report = report
        if !showsRecords { report.dropRecords() }
        let isFirst = waiting.withLockedValue { waiting in
            waiting.reports.append(report)
            waiting.bytes += report.heldBytes + ReportWriter.reportBytes
            return waiting.reports.count == 1
        }
        if isFirst { thread.submit { self.writeWaiting() } }
    }

    /// Waits until what waits now is written.
    func waitForRoom() async {
        try? await thread.run {}
    }

    /// Writes what waits.
    ///
    /// - Throws: `OutputError`.
    func finish() async throws {
        try await thread.run {
            self.writeWaiting()
            try self.output.flush()
        }
    }

    private func writeWaiting() {
        let (reports, bytes) = waiting.withLockedValue { waiting in
            let taken = (waiting.reports, waiting.bytes)
            waiting.reports.removeAll(keepingCapacity: true)
            return taken
        }
        var reader = RecordBatchReader()
        for report in reports { write(report, &reader) }
        try? output.flush()
        // Until here they took memory.
        waiting.withLockedValue { $0.bytes -= bytes }
    }

    private func write(_ report: DeliveryReport, _ reader: inout RecordBatchReader) {
        var topic = report.topic
        topic.withUTF8 { topic in
            let topic = UnsafeRawBufferPointer(topic)
            guard showsRecords else { return writePlaces(of: report, topic) }
            // It can be read, as this program made it.
            try? report.forEachRecord(reader: &reader) { record in
                template.append(
                    RecordFields(
                        topic: topic, partition: report.partition, offset: record.offset,
                        timestamp: record.timestamp, isLogAppendTime: report.appendTimeMs >= 0,
                        key: record.key, value: record.value, headers: record.headers),
                    to: output)
            }
        }
    }

    private func writePlaces(of report: DeliveryReport, _ topic: UnsafeRawBufferPointer) {
        for index in 0..<report.recordCount {
            let offset = report.baseOffset < 0 ? -1 : report.baseOffset + Int64(index)
            template.append(
                RecordFields(topic: topic, partition: report.partition, offset: offset), to: output)
        }
    }
}
