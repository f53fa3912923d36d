/// Cuts input into records that lie as `--format` says.
///
/// The reading thread's. Behind input that does not fit nobody knows where a record begins, so
/// that is the end.
struct FormatDrain {
    private let reader: FormatReader

    init(_ reader: FormatReader) {
        self.reader = reader
    }

    /// Hands out the complete records; nil when there are no more.
    func drain(_ source: InputSource, into sink: some RecordSink) -> ProducePause? {
        while !source.unread.isEmpty {
            var pause: ProducePause?
            let outcome = reader.read(source.unread, isAtEnd: source.isAtEnd) { record in
                pause = sink.append(record)
            }
            switch outcome {
            case .record(let bytes):
                if let pause { return pause }
                source.takeRecord(bytes: bytes)
            case .needsMore:
                guard source.isAtEnd else { return nil }
                pause = sink.fail("the input ends within a record")
                source.drop(bytes: source.unread.count)
                return pause
            case .failed(let reason):
                _ = sink.fail(reason)
                return .ended
            }
        }
        return nil
    }
}
