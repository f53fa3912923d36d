/// When a fetch is answered: a synchronous state machine without a clock, driven by what happens
/// (Kafka's `DelayedFetch`). It begins with a read under way.
struct FetchWait {
    /// What follows a read.
    enum Outcome: Equatable {
        /// Answer with what was read.
        case answer
        /// Enough has been appended meanwhile for another read to make sense.
        case readAgain
        /// Wait for appends or for the end of the time.
        case wait
        /// The client has gone; nothing is left to do.
        case dropped
    }

    private enum State {
        case reading
        case waiting
        case ended
    }

    let minBytes: Int
    private var state = State.reading
    /// The read that is under way, or comes next, is answered whatever it finds.
    private var isLastRead: Bool
    /// Bytes that the last read found.
    private var foundBytes = 0
    /// Bytes appended since the last read began.
    private var appendedBytes = 0

    /// - Parameter mayWait: whether the client wants to wait at all.
    init(minBytes: Int, mayWait: Bool) {
        self.minBytes = minBytes
        isLastRead = !mayWait
    }

    /// A read has ended.
    ///
    /// - Parameter mustAnswer: it found something to be told at once, such as an error.
    mutating func hasRead(bytes: Int, mustAnswer: Bool) -> Outcome {
        guard state == .reading else { return .dropped }
        if isLastRead || mustAnswer || bytes >= minBytes {
            state = .ended
            return .answer
        }
        foundBytes = bytes
        state = .waiting
        return readIfEnough() ? .readAgain : .wait
    }

    /// A partition has grown.
    ///
    /// - Returns: whether to read now.
    mutating func appended(bytes: Int) -> Bool {
        appendedBytes += bytes
        return readIfEnough()
    }

    /// Waiting is over: the time is up, a partition has changed, or the server shuts down.
    ///
    /// - Returns: whether to read now.
    mutating func end() -> Bool {
        isLastRead = true
        guard state == .waiting else { return false }
        state = .reading
        return true
    }

    /// The client has gone.
    mutating func drop() { state = .ended }

    /// Bytes that the read under way already found may be counted twice: at worst one read more.
    private mutating func readIfEnough() -> Bool {
        guard state == .waiting, appendedBytes > 0, foundBytes + appendedBytes >= minBytes else {
            return false
        }
        appendedBytes = 0
        state = .reading
        return true
    }
}
