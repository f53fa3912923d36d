/// The long polls that wait for a partition's next records.
///
/// A value of its partition, on that one's event loop.
struct FetchSignal {
    /// Chosen by the waiter, so that it can leave before it has come.
    typealias WaiterID = ObjectIdentifier

    private struct Waiter {
        /// Whether the waiter may read up to the last stable offset only.
        var isReadCommitted: Bool
        /// Up to here the waiter knows what it may read.
        var seenEndOffset: Int64
        var notify: @Sendable (Event) -> Void
    }

    enum Event: Sendable, Equatable {
        /// So many bytes can be read that the waiter does not know of.
        case appended(bytes: Int)
        /// The partition answers with something else now: it was deleted, or its log cut.
        case changed
    }

    private var waiters: [WaiterID: Waiter] = [:]

    var isEmpty: Bool { waiters.isEmpty }
    var count: Int { waiters.count }

    /// - Parameter notify: called on the partition's loop at every event, until `remove`.
    mutating func add(
        _ id: WaiterID, isReadCommitted: Bool, seenEndOffset: Int64,
        notify: @escaping @Sendable (Event) -> Void
    ) {
        waiters[id] = Waiter(
            isReadCommitted: isReadCommitted, seenEndOffset: seenEndOffset, notify: notify)
    }

    mutating func remove(_ id: WaiterID) { waiters[id] = nil }

    /// What is to be called since the log can be read up to these offsets now; who knows that
    /// already is left alone.
    ///
    /// - Parameter bytes: size of the log between two offsets, in bytes.
    mutating func appended(
        highWatermark: Int64, lastStableOffset: Int64, bytes: (Int64, Int64) -> Int
    ) -> [@Sendable () -> Void] {
        var calls: [@Sendable () -> Void] = []
        for id in waiters.keys {
            guard var waiter = waiters[id] else { continue }
            let endOffset = waiter.isReadCommitted ? lastStableOffset : highWatermark
            guard waiter.seenEndOffset < endOffset else { continue }
            let event = Event.appended(bytes: bytes(waiter.seenEndOffset, endOffset))
            waiter.seenEndOffset = endOffset
            waiters[id] = waiter
            let notify = waiter.notify
            calls.append { notify(event) }
        }
        return calls
    }

    /// What is to be called since the partition is not what it was; nobody waits any more.
    mutating func changed() -> [@Sendable () -> Void] {
        defer { waiters = [:] }
        return waiters.values.map { waiter in { waiter.notify(.changed) } }
    }
}
