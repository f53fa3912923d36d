/// Takes each source as one record.
///
/// The reading thread's. The record is handed out when all of it was read.
struct WholeFileDrain {
    private let text: KeyedText

    init(_ text: KeyedText) {
        self.text = text
    }

    /// Hands out the record; nil when there is none, or no more.
    func drain(_ source: InputSource, into sink: some RecordSink) -> ProducePause? {
        guard source.isAtEnd, source.takenRecords == 0 else { return nil }
        let unread = source.unread
        if let pause = sink.append(text.record(unread)) { return pause }
        source.takeRecord(bytes: unread.count)
        return nil
    }
}
