import DequeModule

/// The appends of one partition that wait for the disk. One flush at a time is under way; whoever
/// comes meanwhile shares the next one (group commit).
///
/// A synchronous state machine of its partition, on that one's event loop.
struct FlushWaiters<Waiter> {
    private var waiters: Deque<(endOffset: Int64, waiter: Waiter)> = []
    private var isFlushing = false
    /// Somebody who does not wait has asked for a flush while one was under way.
    private var isWanted = false

    var isEmpty: Bool { waiters.isEmpty }

    /// Asks for a flush of what has been appended.
    ///
    /// - Parameters:
    ///   - endOffset: that must be on the disk; never below that of an earlier call.
    ///   - waiter: nil when nobody waits.
    /// - Returns: whether to start a flush now.
    mutating func add(endOffset: Int64, _ waiter: Waiter?) -> Bool {
        if let waiter { waiters.append((endOffset, waiter)) }
        guard !isFlushing else {
            isWanted = true
            return false
        }
        isFlushing = true
        return true
    }

    /// A flush has succeeded.
    ///
    /// - Returns: those who need not wait any more, in the order of their arrival, and whether to
    ///   start another flush now.
    mutating func flushed(upTo endOffset: Int64) -> (done: [Waiter], flushAgain: Bool) {
        var done: [Waiter] = []
        while let first = waiters.first, first.endOffset <= endOffset {
            done.append(first.waiter)
            waiters.removeFirst()
        }
        isFlushing = isWanted || !waiters.isEmpty
        isWanted = false
        return (done, isFlushing)
    }

    /// A flush has failed, or the partition is gone: nobody gets what they wait for.
    mutating func failed() -> [Waiter] {
        defer {
            waiters = []
            isFlushing = false
            isWanted = false
        }
        return waiters.map(\.waiter)
    }
}
