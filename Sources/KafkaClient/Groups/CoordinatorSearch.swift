internal import NIOCore

/// Which broker coordinates the group, as far as a member knows. Takes events; no clock of its own.
struct CoordinatorSearch {
    private(set) var broker: Int32?
    private var isSearching = false
    private var notBefore = NIODeadline.uptimeNanoseconds(0)
    private var backoff: Backoff

    init(backoff: Backoff) {
        self.backoff = backoff
    }

    /// Whether to ask for it now.
    mutating func begin(now: NIODeadline) -> Bool {
        guard broker == nil, !isSearching, notBefore <= now else { return false }
        isSearching = true
        return true
    }

    /// When `begin` will be true; nil when that is up to an answer.
    var wakeAt: NIODeadline? { broker == nil && !isSearching ? notBefore : nil }

    mutating func found(_ broker: Int32) {
        isSearching = false
        self.broker = broker
    }

    mutating func notFound(now: NIODeadline) {
        isSearching = false
        notBefore = now + .milliseconds(Int64(backoff.nextMs()))
    }

    /// It answered as a coordinator does.
    mutating func confirm() {
        backoff.reset()
    }

    /// It is another one by now, or cannot be reached.
    mutating func forget(now: NIODeadline) {
        guard broker != nil else { return }
        broker = nil
        notBefore = now + .milliseconds(Int64(backoff.nextMs()))
    }
}
