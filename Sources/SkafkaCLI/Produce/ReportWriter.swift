internal import KafkaClient
internal import NIOConcurrencyHelpers
internal import NIOPosix

/// Prints a line for each acknowledged record (`--report`), on a thread of its own, since standard
/// output may block.
///
/// Holds the reports that wait for the thread; the producer's bounds hold for them too, as a batch
/// has one.
final class ReportWriter: Sendable {
    private let template: FormatTemplate
    private let output: OutputBuffer
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let waiting = NIOLockedValueBox<[DeliveryReport]>([])

    init(_ template: FormatTemplate, _ output: OutputBuffer) {
        self.template = template
        self.output = output
        pool.start()
    }

    func add(_ report: DeliveryReport) {
        guard report.error == nil else { return }
        let isFirst = waiting.withLockedValue { waiting in
            waiting.append(report)
            return waiting.count == 1
        }
        if isFirst { pool.submit { _ in self.writeWaiting() } }
    }

    /// Writes what waits and ends the thread.
    ///
    /// - Throws: `OutputError`.
    func close() async throws {
        try await pool.runIfActive {
            self.writeWaiting()
            try self.output.flush()
        }
        try await pool.shutdownGracefully()
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
