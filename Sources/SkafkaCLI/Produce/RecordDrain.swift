/// Cuts what was read of a source into records, as the input's layout has them.
enum RecordDrain {
    case lines(LineDrain)
    case wholeFiles(WholeFileDrain)
    case format(FormatDrain)

    init(_ layout: ProducePlan.Layout) {
        switch layout {
        case .lines(let delimiter, let keyDelimiter):
            self = .lines(LineDrain(.text(KeyedText(keyDelimiter: keyDelimiter)), delimiter))
        case .console(let delimiter, let properties):
            self = .lines(LineDrain(.console(ConsoleLineReader(properties)), delimiter))
        case .json:
            self = .lines(LineDrain(.json(RecordJSONReader()), layout.delimiter))
        case .wholeFile(let keyDelimiter):
            self = .wholeFiles(WholeFileDrain(KeyedText(keyDelimiter: keyDelimiter)))
        case .format(let format):
            self = .format(FormatDrain(FormatReader(format)))
        }
    }

    /// A new source begins.
    func begin() {
        if case .lines(let lines) = self { lines.begin() }
    }

    /// Hands out the complete records; nil when there are no more.
    func drain(_ source: InputSource, into sink: some RecordSink) -> ProducePause? {
        switch self {
        case .lines(let lines): lines.drain(source, into: sink)
        case .wholeFiles(let files): files.drain(source, into: sink)
        case .format(let format): format.drain(source, into: sink)
        }
    }

    /// Passes over the record that is being read, of which nobody wants to hold more.
    ///
    /// - Returns: `ended` when nobody knows where the next one begins.
    func passOver(in input: ProduceInput) -> ProducePause? {
        switch self {
        case .lines(let lines): lines.passOver()
        case .wholeFiles: input.closeSource()
        case .format: return .ended
        }
        return nil
    }
}
