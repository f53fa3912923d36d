internal import KafkaBase

/// The sources of `produce`, one after another.
///
/// The reading thread's, which waits here: in read(2), and in poll(2) until there is input or
/// somebody woke. One source is open at a time.
final class ProduceInput {
    enum Step: Equatable {
        /// More was read, or the source has ended.
        case read
        /// Somebody woke the thread: reading is to end.
        case woken
    }

    /// How long the input may pause before open batches are sent, in ms: a writer that is only a
    /// little slower than this program does not make small batches.
    private static let pauseMs: Int32 = 1

    private var waiting: ArraySlice<ProducePlan.Source>
    private let recordNoun: String?
    private let standardInput: Int32
    private let clock: KafkaClock
    private let wake: WakePipe
    /// The source that is open.
    private(set) var source: InputSource?
    /// When what is unread was read, in ms since 1970.
    private(set) var readAtMs: Int64

    init(_ plan: ProducePlan, _ context: CommandContext, _ wake: WakePipe) {
        waiting = plan.sources[...]
        recordNoun = plan.layout.recordNoun
        standardInput = context.inputDescriptor
        clock = context.clock
        self.wake = wake
        readAtMs = context.clock.nowMs
    }

    /// Opens the next source; nil behind the last one.
    ///
    /// - Throws: `CommandFailure` for a file that cannot be opened; the next call opens the next.
    func openNext() throws(CommandFailure) -> InputSource? {
        source = nil
        guard let next = waiting.popFirst() else { return nil }
        let opened = try InputSource(next, standardInput: standardInput)
        source = opened
        readAtMs = clock.nowMs
        return opened
    }

    func closeSource() {
        source = nil
    }

    /// Nothing more is read.
    func end() {
        source = nil
        waiting = []
    }

    /// Reads more of a source; waits for it.
    ///
    /// - Parameter atPause: called when nothing comes for now.
    /// - Throws: `CommandFailure` when it cannot be read on.
    func read(
        _ source: InputSource, atPause: () -> Void
    ) throws(CommandFailure) -> Step {
        if !source.isRegularFile, !wait(for: source, atPause) { return .woken }
        try source.fill()
        readAtMs = clock.nowMs
        return .read
    }

    private func wait(for source: InputSource, _ atPause: () -> Void) -> Bool {
        var readiness = wake.wait(for: source.descriptor, timeoutMs: 0)
        if readiness == .timedOut {
            readiness = wake.wait(for: source.descriptor, timeoutMs: ProduceInput.pauseMs)
        }
        if readiness == .timedOut {
            atPause()
            readiness = wake.wait(for: source.descriptor, timeoutMs: -1)
        }
        return readiness == .readable
    }

    /// Where the record that is being read stands: for messages.
    var place: String {
        guard let source else { return "the input" }
        guard let recordNoun else { return source.name }
        return "\(source.name), \(recordNoun) \(source.takenRecords + 1)"
    }
}
