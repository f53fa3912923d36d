/// Cuts input into lines, each of which is a record.
///
/// The reading thread's. This is the hot path of `produce`: nothing is allocated per record, and
/// what is asked of a kind of line is asked once for all that was read.
final class LineDrain {
    enum Content {
        case text(KeyedText)
        case console(ConsoleLineReader)
        case json(RecordJSONReader)
    }

    private let content: Content
    private let endsInNewline: Bool
    private var splitter: RecordSplitter
    /// Whether the end of a line that is passed over is looked for.
    private var isPassingOver = false

    /// - Parameter delimiter: not empty.
    init(_ content: Content, _ delimiter: [UInt8]) {
        self.content = content
        endsInNewline = delimiter == [0x0A]
        splitter = RecordSplitter(delimiter: delimiter)
    }

    /// A new source begins.
    func begin() {
        splitter.consumed()
        isPassingOver = false
    }

    /// Passes over the line that is being read.
    func passOver() {
        isPassingOver = true
    }

    /// Hands out the complete lines; nil when there are no more.
    func drain(_ source: InputSource, into sink: some RecordSink) -> ProducePause? {
        switch content {
        case .text(let text): eachLine(of: source) { sink.append(text.record($0)) }
        case .console(let reader): eachLine(of: source) { read($0, reader, into: sink) }
        case .json(let reader): eachLine(of: source) { read($0, reader, into: sink) }
        }
    }

    @inline(__always)
    private func eachLine(
        of source: InputSource, _ take: (UnsafeRawBufferPointer) -> ProducePause?
    ) -> ProducePause? {
        let delimiterBytes = splitter.delimiterBytes
        while true {
            let unread = source.unread
            let length: Int
            let lineBytes: Int
            if let found = splitter.next(in: unread) {
                length = found
                lineBytes = found + delimiterBytes
            } else if source.isAtEnd, !unread.isEmpty {
                // The last record needs no delimiter.
                length = unread.count
                lineBytes = length
            } else {
                if isPassingOver { dropBeginning(of: source) }
                return nil
            }
            if !isPassingOver,
                let pause = take(UnsafeRawBufferPointer(rebasing: unread[..<length]))
            {
                return pause
            }
            isPassingOver = false
            source.takeRecord(bytes: lineBytes)
            splitter.consumed()
        }
    }

    /// Lets go of what was read of a line, but for what may be the beginning of its delimiter.
    private func dropBeginning(of source: InputSource) {
        source.drop(bytes: max(0, source.unread.count - (splitter.delimiterBytes - 1)))
        splitter.consumed()
    }

    private func read(
        _ line: UnsafeRawBufferPointer, _ reader: ConsoleLineReader, into sink: some RecordSink
    ) -> ProducePause? {
        // As for Java's `readLine`, a CR before the newline is a part of the line's end.
        let hasCR = endsInNewline && line.last == 0x0D
        let line = hasCR ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
        do throws(ConsoleLineReader.Failure) {
            return sink.append(try reader.read(line))
        } catch {
            return sink.fail("\(error.reason); see --property ignore.error=true")
        }
    }

    private func read(
        _ line: UnsafeRawBufferPointer, _ reader: RecordJSONReader, into sink: some RecordSink
    ) -> ProducePause? {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
        do {
            return try reader.read(line) { sink.append($0) }
        } catch {
            return sink.fail(error.reason, column: error.position + 1)
        }
    }
}
