import KafkaBase
import KafkaSecurity
import KafkaTransport
import NIOCore
internal import Synchronization

/// One request as its client's quotas see it: whose it is, what it uses, and how much time it
/// takes. Made only for clients that have quotas.
///
/// `timing` may be called on any thread; the rest is confined to the connection's event loop.
final class RequestQuota: @unchecked Sendable {
    let manager: QuotaManager
    let client: QuotaManager.Client
    /// Of the request, its header included.
    let sizeBytes: Int
    private let clock: KafkaClock
    private let scope: ConnectionScope
    private let limitsTime: Bool
    /// What has not been told yet, in ns.
    private let usedNs = Atomic<Int64>(0)
    /// Since when the connection's event loop works on the request; nil when it does not.
    private var beganAt: NIODeadline?

    /// Nil for a client without a quota. The connection of one that has some serves its requests
    /// one at a time, as Kafka's do: what one uses decides when the next may be served.
    init?(
        _ manager: QuotaManager, clientID: String?, sizeBytes: Int, clock: KafkaClock,
        scope: ConnectionScope
    ) {
        let client = QuotaManager.Client(user: scope.principal.name, id: clientID ?? "")
        let limits = manager.limits(of: client)
        scope.isSerial = limits != .none
        guard limits != .none else { return nil }
        self.manager = manager
        self.client = client
        self.sizeBytes = sizeBytes
        self.clock = clock
        self.scope = scope
        limitsTime = limits == .time
    }

    // MARK: Time

    /// Counts the time of work for the request. What others wait for meanwhile is not work.
    func timing<Answer, Failure: Error>(
        _ work: () throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        guard limitsTime else { return try work() }
        guard scope.eventLoop.inEventLoop else {
            let beganAt = NIODeadline.now()
            defer { add(since: beganAt) }
            return try work()
        }
        guard beganAt == nil else { return try work() }
        beganAt = .now()
        defer {
            if let beganAt { add(since: beganAt) }
            beganAt = nil
        }
        return try work()
    }

    private func add(since time: NIODeadline) {
        usedNs.add((.now() - time).nanoseconds, ordering: .relaxed)
    }

    /// Counts the time so far, and tells how long the client is to be held up, in ms.
    func timeThrottleMs() -> Int64 {
        guard limitsTime else { return 0 }
        if let beganAt {
            add(since: beganAt)
            self.beganAt = .now()
        }
        return manager.recordTime(
            usedNs.exchange(0, ordering: .relaxed), by: client, nowMs: clock.nowMs)
    }

    // MARK: Rates

    /// Counts what the request uses, and tells how long the client is to be held up, in ms.
    func record(_ key: QuotaKey, _ value: Double) -> Int64 {
        manager.record(key, value, by: client, nowMs: clock.nowMs)
    }

    /// Takes back what `record` counted.
    func unrecord(_ key: QuotaKey, _ value: Double) {
        manager.unrecord(key, value, by: client, nowMs: clock.nowMs)
    }

    /// The most that can be used at once without being held up for sure; nil without a bound.
    func burst(_ key: QuotaKey) -> Double? { manager.burst(key, of: client) }

    /// Has no request of the connection served for this long; the answer goes out at once
    /// (KIP-219).
    func mute(forMs ms: Int64) {
        if ms > 0 { scope.mute(forMs: ms) }
    }
}

extension RequestQuota? {
    /// Does the work; its time counts where there is a quota.
    func timing<Answer, Failure: Error>(
        _ work: () throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        guard let self else { return try work() }
        return try self.timing(work)
    }
}
