import NIOConcurrencyHelpers
public import NIOCore

/// Bytes of requests that all connections of a server together may hold. A connection reserves
/// a request's size before it reads the request to its end, so that what has been begun can
/// always be finished.
///
/// What is only announced takes no room: a request counts once as much of it has come as a small
/// one has. Small requests have a share of their own besides, so that they get through where large
/// ones have been begun and do not end.
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
    /// Size of a small request, in bytes, of which each connection may hold one uncounted.
    public let smallRequestBytes: Int
    private let state = NIOLockedValueBox(State())

    public init(limitBytes: Int, smallRequestBytes: Int = 64 << 10) {
        self.limitBytes = limitBytes
        self.smallRequestBytes = smallRequestBytes
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
        let limitBytes = bytes <= smallRequestBytes ? limitBytes + limitBytes / 8 : limitBytes
        return state.withLockedValue { state in
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
