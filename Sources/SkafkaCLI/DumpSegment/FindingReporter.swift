internal import KafkaLog

/// Shows findings as they come, and counts them: lines on standard error, or objects between the
/// others on standard output. One owner.
final class FindingReporter {
    private let context: CommandContext
    private let output: OutputBuffer
    private let asJSON: Bool
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
        self.isQuiet = isQuiet
        progress = DumpProgress(context: context, isQuiet: isQuiet, showsRows: showsRows)
    }

    func report(_ finding: Finding) {
        counts[finding.severity, default: 0] += 1
        if asJSON { return appendJSON(finding) }
        if finding.severity < .corruption && isQuiet { return }
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

    private func appendJSON(_ finding: Finding) {
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
