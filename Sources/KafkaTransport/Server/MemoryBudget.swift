import NIOConcurrencyHelpers
public import NIOCore

/// Bytes of requests that all connections of a server together may hold. A connection reserves
/// a request's size before it reads the request to its end, so that what has been begun can
/// always be finished.
///
/// Any thread; one short lock.
public final class MemoryBudget: Sendable {
    private struct Waiter {
        var eventLoop: any EventLoop
        var wake: @Sendable () -> Void
    }

    private struct State {
        var usedBytes = 0
        var waiters: [Waiter] = []
    }

    public let limitBytes: Int
    private let state = NIOLockedValueBox(State())

    public init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// Bytes that are reserved at the moment.
    public var usedBytes: Int { state.withLockedValue { $0.usedBytes } }

    /// Reserves bytes, or else notes that somebody waits for room. A single reservation may be
    /// larger than the limit when there is no other.
    ///
    /// - Parameter wake: called on `eventLoop` once there may be room, when this returned false.
    public func reserve(
        _ bytes: Int, on eventLoop: any EventLoop, orElse wake: @escaping @Sendable () -> Void
    ) -> Bool {
        state.withLockedValue { state in
            guard state.usedBytes == 0 || state.usedBytes + bytes <= limitBytes else {
                state.waiters.append(Waiter(eventLoop: eventLoop, wake: wake))
                return false
            }
            state.usedBytes += bytes
            return true
        }
    }

    /// Gives reserved bytes back, and wakes those who wait.
    public func release(_ bytes: Int) {
        guard bytes > 0 else { return }
        let waiters = state.withLockedValue { state in
            state.usedBytes -= bytes
            precondition(state.usedBytes >= 0, "more released than reserved")
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.eventLoop.execute(waiter.wake) }
    }
}
