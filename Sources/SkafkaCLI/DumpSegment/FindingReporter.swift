internal import KafkaLog

/// Shows findings as they come, and counts them: on standard error lines, or objects with `--json`,
/// which stand between the others on standard output as well. One owner.
final class FindingReporter {
    private let context: CommandContext
    private let output: OutputBuffer
    private let asJSON: Bool
    private let errors: OutputBuffer
    private let isQuiet: Bool
    let progress: DumpProgress
    private(set) var counts: [Finding.Severity: Int] = [:]
    /// Notes of a kind about the same file, of which a person wants to see the first only.
    private var noteKey: NoteKey?
    private var noteCount = 0
    private static let notesShown = 10

    private struct NoteKey: Equatable {
        var path: String
        var kind: Finding.Kind
    }

    /// - Parameter showsRows: the dump may print at any time.
    init(
        context: CommandContext, output: OutputBuffer, asJSON: Bool, isQuiet: Bool,
        showsRows: Bool
    ) {
        self.context = context
        self.output = output
        self.asJSON = asJSON
        errors = OutputBuffer(descriptor: context.errorDescriptor, capacityBytes: 4096)
        self.isQuiet = isQuiet
        progress = DumpProgress(context: context, isQuiet: isQuiet, showsRows: showsRows)
    }

    func report(_ finding: Finding) {
        counts[finding.severity, default: 0] += 1
        if asJSON { appendJSON(finding, to: output) }
        if finding.severity < .corruption && isQuiet { return }
        if asJSON { return reportJSON(finding) }
        if finding.severity == .note, isRepeated(finding) { return }
        // Between rows on the same terminal it stands where it belongs.
        showNow()
        context.note(FindingReporter.line(finding))
    }

    /// A line of the dump's own on standard error.
    func say(_ line: String) {
        showNow()
        context.note(line)
    }

    /// A person sees what is there at once, not only when there is enough of it to be written.
    func showNow() {
        if context.isOutputTerminal { try? output.flush() }
    }

    /// The last line: how many there were.
    func reportCount(always: Bool) {
        endNotes()
        let total = counts.values.reduce(0, +)
        guard !isQuiet, total > 0 || always else { return }
        if asJSON { return reportJSONCount(total) }
        let parts = [Finding.Severity.corruption, .warning, .note].compactMap { severity in
            counts[severity].map { count in
                "\(count) \(severity)\(count > 1 && severity != .corruption ? "s" : "")"
            }
        }
        let list = parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
        context.note("\(total) \(total == 1 ? "finding" : "findings")\(list)")
    }

    /// Corruption; with `strict` warnings count too.
    func foundCorruption(strict: Bool) -> Bool {
        counts[.corruption] != nil || strict && counts[.warning] != nil
    }

    static func line(_ finding: Finding) -> String {
        let place = finding.position.map { " at byte \($0)" } ?? ""
        return "\(finding.path): \(finding.severity): \(finding.kind.rawValue)\(place):"
            + " \(finding.message)"
    }

    private func isRepeated(_ finding: Finding) -> Bool {
        let key = NoteKey(path: finding.path, kind: finding.kind)
        if key != noteKey {
            endNotes()
            noteKey = key
        }
        noteCount += 1
        return noteCount > FindingReporter.notesShown
    }

    private func endNotes() {
        if let noteKey, noteCount > FindingReporter.notesShown, !isQuiet, !asJSON {
            let more = noteCount - FindingReporter.notesShown
            context.note("\(noteKey.path): note: \(noteKey.kind.rawValue): \(more) more")
        }
        noteKey = nil
        noteCount = 0
    }

    /// On a terminal the same objects are not shown twice.
    private func reportJSON(_ finding: Finding) {
        guard !(context.isOutputTerminal && context.isErrorTerminal) else { return }
        progress.clear()
        appendJSON(finding, to: errors)
        // Where standard error cannot be written to, there is no one to tell.
        try? errors.flush()
    }

    private func reportJSONCount(_ total: Int) {
        var json = JSONWriter(errors)
        json.beginObject()
        json.field("type", "count")
        json.field("findings", total)
        json.field("corruption", counts[.corruption] ?? 0)
        json.field("warnings", counts[.warning] ?? 0)
        json.field("notes", counts[.note] ?? 0)
        json.endObject()
        json.endLine()
        try? errors.flush()
    }

    private func appendJSON(_ finding: Finding, to output: OutputBuffer) {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("type", "finding")
        json.field("finding", finding.kind.rawValue)
        json.field("severity", finding.severity.description)
        json.field("path", finding.path)
        if let position = finding.position { json.field("position", position) }
        if let offset = finding.offset { json.field("offset", offset) }
        if let stored = finding.stored { json.field("stored", stored) }
        if let expected = finding.expected { json.field("expected", expected) }
        json.field("message", finding.message)
        json.endObject()
        json.endLine()
    }
}
