internal import KafkaLog
internal import KafkaRecords

/// Says how far a long dump has come, but not while rows of the dump itself run over the same
/// terminal. One owner.
final class DumpProgress {
    private let line: ProgressLine
    private var path = ""
    private var fileBytes = 1

    init(context: CommandContext, isQuiet: Bool, showsRows: Bool) {
        line = ProgressLine(
            context, isShown: !isQuiet && !(showsRows && context.isOutputTerminal))
    }

    func begin(_ path: String, fileBytes: Int) {
        self.path = path
        self.fileBytes = max(fileBytes, 1)
    }

    /// Called now and then with how far the file was read.
    func update(_ position: Int) {
        line.update { "\(path): \(position * 100 / fileBytes) %" }
    }

    /// Takes the line away, for others to stand there.
    func clear() { line.clear() }
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
