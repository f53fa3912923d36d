internal import NIOCore

/// Notices an application that does not come back to `poll`: it is stuck, and its partitions are
/// needed elsewhere (`max.poll.interval.ms`). Takes events; no clock of its own.
struct PollWatch {
    private let limitMs: Int
    private var lastCall: NIODeadline?
    private var isWaiting = false

    init(limitMs: Int) {
        self.limitMs = limitMs
    }

    /// Whether `poll` was ever called.
    var hasBegun: Bool { lastCall != nil }

    /// When the application counts as stuck; nil while it waits in `poll` for what may come.
    var deadline: NIODeadline? {
        isWaiting ? nil : lastCall.map { $0 + .milliseconds(Int64(limitMs)) }
    }

    /// `poll` was called, or has something to return.
    mutating func called(now: NIODeadline) {
        lastCall = now
        isWaiting = false
    }

    /// `poll` has nothing to return, and waits.
    mutating func waits() {
        isWaiting = true
    }
}
