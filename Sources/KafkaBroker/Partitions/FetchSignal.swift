/// The long polls that wait for a partition's next records.
///
/// A value of its partition, on that one's event loop.
struct FetchSignal {
    /// Chosen by the waiter, so that it can leave before it has come.
    typealias WaiterID = ObjectIdentifier

    private struct Waiter {
        /// The log end offset up to which the waiter knows the log.
        var seenEndOffset: Int64
        var notify: @Sendable (Event) -> Void
    }

    enum Event: Sendable, Equatable {
        /// So many bytes were appended that the waiter does not know of.
        case appended(bytes: Int)
        /// The partition answers with something else now: it was deleted, or its log cut.
        case changed
    }

    private var waiters: [WaiterID: Waiter] = [:]

    var isEmpty: Bool { waiters.isEmpty }
    var count: Int { waiters.count }

    /// - Parameter notify: called on the partition's loop at every event, until `remove`.
    mutating func add(
        _ id: WaiterID, seenEndOffset: Int64, notify: @escaping @Sendable (Event) -> Void
    ) {
        waiters[id] = Waiter(seenEndOffset: seenEndOffset, notify: notify)
    }

    mutating func remove(_ id: WaiterID) { waiters[id] = nil }

    /// What is to be called since the log ends at `endOffset` now; who knows that already is left
    /// alone.
    ///
    /// - Parameter bytesFrom: size of the log from an offset on, in bytes.
    mutating func appended(
        endOffset: Int64, bytesFrom: (Int64) -> Int
    ) -> [@Sendable () -> Void] {
        var calls: [@Sendable () -> Void] = []
        for id in waiters.keys {
            guard var waiter = waiters[id], waiter.seenEndOffset < endOffset else { continue }
            let event = Event.appended(bytes: bytesFrom(waiter.seenEndOffset))
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
