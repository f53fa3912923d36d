internal import KafkaBase
internal import KafkaLog
internal import KafkaRecords

/// A line on standard error that says how far a long dump has come; on a terminal only, and not
/// while rows of the dump itself run over the same terminal. One owner.
final class DumpProgress {
    private let context: CommandContext
    private let output: OutputBuffer
    private let isShown: Bool
    private var path = ""
    private var fileBytes = 0
    private var nextMs: Int64 = 0
    private var isOnScreen = false
    private static let intervalMs: Int64 = 200

    init(context: CommandContext, isQuiet: Bool, showsRows: Bool) {
        self.context = context
        output = OutputBuffer(descriptor: context.errorDescriptor, capacityBytes: 1024)
        isShown =
            !isQuiet && context.isErrorTerminal && !(showsRows && context.isOutputTerminal)
    }

    func begin(_ path: String, fileBytes: Int) {
        self.path = path
        self.fileBytes = max(fileBytes, 1)
        nextMs = context.clock.nowMs + DumpProgress.intervalMs
    }

    /// Called now and then with how far the file was read.
    func update(_ position: Int) {
        guard isShown else { return }
        let now = context.clock.nowMs
        guard now >= nextMs else { return }
        nextMs = now + DumpProgress.intervalMs
        isOnScreen = true
        show("\(path): \(position * 100 / fileBytes) %")
    }

    /// Takes the line away, for others to stand there.
    func clear() {
        guard isOnScreen else { return }
        isOnScreen = false
        show("")
    }

    /// In place of the line that stands there.
    private func show(_ line: String) {
        output.append("\r\u{1B}[K" as StaticString)
        output.append(line)
        // Where standard error cannot be written to, there is no one to tell.
        try? output.flush()
    }
}

/// Hands everything on, and tells the progress.
struct ProgressVisitor<Inner: InspectionVisitor>: InspectionVisitor {
    var inner: Inner
    let progress: DumpProgress
    private var nextUpdate = 0
    /// Asking the clock for each batch would cost more than showing it.
    private static var bytesPerUpdate: Int { 4 << 20 }

    init(_ inner: Inner, progress: DumpProgress) {
        self.inner = inner
        self.progress = progress
    }

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        if batch.position >= nextUpdate {
            nextUpdate = batch.position + ProgressVisitor.bytesPerUpdate
            progress.update(batch.position)
        }
        return inner.visit(batch: batch)
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        inner.visit(record: record, of: batch, message: message)
    }

    mutating func report(_ finding: Finding) {
        progress.clear()
        inner.report(finding)
    }
}
