internal import KafkaClient
internal import NIOConcurrencyHelpers

/// Prints a line for each acknowledged record (`--report`), on a thread of its own, since standard
/// output may block.
///
/// Holds the reports that wait for the thread; the producer's bounds hold for them too, as a batch
/// has one.
final class ReportWriter: Sendable {
    private let template: FormatTemplate
    private let output: OutputBuffer
    private let thread = BlockingThread()
    private let waiting = NIOLockedValueBox<[DeliveryReport]>([])

    init(_ template: FormatTemplate, _ output: OutputBuffer) {
        self.template = template
        self.output = output
    }

    func add(_ report: DeliveryReport) {
        guard report.error == nil else { return }
        let isFirst = waiting.withLockedValue { waiting in
            waiting.append(report)
            return waiting.count == 1
        }
        if isFirst { thread.submit { self.writeWaiting() } }
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
        let reports = waiting.withLockedValue { waiting in
            let all = waiting
            waiting.removeAll(keepingCapacity: true)
            return all
        }
        for report in reports { write(report) }
        try? output.flush()
    }

    private func write(_ report: DeliveryReport) {
        var topic = report.topic
        topic.withUTF8 { topic in
            for index in 0..<report.recordCount {
                let offset = report.baseOffset < 0 ? -1 : report.baseOffset + Int64(index)
                template.append(
                    RecordFields(
                        topic: UnsafeRawBufferPointer(topic), partition: report.partition,
                        offset: offset),
                    to: output)
            }
        }
    }
}
