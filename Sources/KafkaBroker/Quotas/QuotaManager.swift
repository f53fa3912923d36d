import KafkaBase
import KafkaSecurity
import NIOConcurrencyHelpers
internal import Synchronization

/// Holds clients to their quotas: counts what they use, and says how long who uses too much is to
/// be held up (Kafka's `ClientQuotaManager`s and `ConnectionQuotas`).
///
/// Any thread; one short lock, and where there are no quotas at all one load.
/// Bounded by `maxCounters`: above it the counters that have been still for longest are forgotten.
final class QuotaManager: Sendable {
    /// Whose requests they are. Without authentication everybody is Kafka's anonymous user.
    struct Client: Sendable {
        static let anonymous = KafkaPrincipal.anonymous.name
        var user = Client.anonymous
        var id: String
    }

    /// Who shares a counter: all that the same quota holds for, but for a default each by itself.
    private struct Holder: Hashable {
        var key: QuotaKey
        var user = ""
        var clientID = ""
        var ip = ""
    }

    private struct Counter {
        var rate = WindowedRate()
        var bucket: TokenBucket?
        var usedMs: Int64 = 0
    }

    private struct State {
        var quotas = ClientQuotas()
        /// Of addresses in their canonical form.
        var connectionRates: [String: Double] = [:]
        var counters: [Holder: Counter] = [:]
        /// How long clients were held up, in microseconds.
        var throttles: [QuotaKey: Histogram] = [:]
    }

    /// How long a counter is kept that nobody uses, in ms.
    private static let idleMs: Int64 = 3_600_000
    static let maxCounters = 20_000

    private let windows: QuotaWindows
    private let mutationWindows: QuotaWindows
    private let hasQuotas = Atomic(false)
    private let state = NIOLockedValueBox(State())

    /// What of a client's requests is to be known.
    enum Limits: Equatable {
        case none
        /// What they carry.
        case rates
        /// The time that they take as well.
        case time
    }

    init(
        _ quotas: ClientQuotas, windows: QuotaWindows,
        mutationWindows: QuotaWindows
    ) {
        self.windows = windows
        self.mutationWindows = mutationWindows
        update(quotas)
    }

    /// Takes over quotas that were changed. What was counted so far stays.
    func update(_ quotas: ClientQuotas) {
        var rates: [String: Double] = [:]
        for (entity, values) in quotas.entities {
            guard let text = entity.ip?.text, let ip = IPAddress.canonical(text) else { continue }
            rates[ip] = values[.connectionCreationRate]
        }
        state.withLockedValue { state in
            state.quotas = quotas
            state.connectionRates = rates
        }
        hasQuotas.store(!quotas.entities.isEmpty, ordering: .relaxed)
    }

    /// Whether nobody has a quota.
    var isEmpty: Bool { !hasQuotas.load(ordering: .relaxed) }

    func limits(of client: Client) -> Limits {
        let quotas = state.withLockedValue { $0.quotas }
        let has = { (key: QuotaKey) in
            quotas.find(key, user: client.user, clientID: client.id) != nil
        }
        if has(.requestPercentage) { return .time }
        let rates: [QuotaKey] = [.producerByteRate, .consumerByteRate, .controllerMutationRate]
        return rates.contains(where: has) ? .rates : .none
    }

    // MARK: Rates

    /// Counts a value, and tells how long the client is to be held up, in ms.
    ///
    /// - Parameter maxMs: the longest that is told.
    func record(
        _ key: QuotaKey, _ value: Double, by client: Client, nowMs: Int64,
        maxMs: Int64 = ThrottleTime.maxMs
    ) -> Int64 {
        let ms = use(key, client, nowMs) { counter, bound in
            counter.rate.record(value, nowMs: nowMs, windows)
            return min(counter.rate.throttleMs(bound: bound, nowMs: nowMs, windows), maxMs)
        }
        return noted(ms ?? 0, key)
    }

    /// Takes back what `record` counted, for an answer that is not given.
    func unrecord(_ key: QuotaKey, _ value: Double, by client: Client, nowMs: Int64) {
        _ = use(key, client, nowMs) { counter, _ in
            counter.rate.record(-value, nowMs: nowMs, windows)
        }
    }

    /// Counts time on a thread, in ns. Nobody is held up for longer than a window for it.
    func recordTime(_ ns: Int64, by client: Client, nowMs: Int64) -> Int64 {
        record(
            .requestPercentage, Double(ns) * 100 / 1e9, by: client, nowMs: nowMs,
            maxMs: windows.sizeMs)
    }

    /// The most that can be used at once without being held up for sure; nil without a bound.
    func burst(_ key: QuotaKey, of client: Client) -> Double? {
        state.withLockedValue { state in
            state.quotas.find(key, user: client.user, clientID: client.id).map {
                $0.value * windows.burstSeconds
            }
        }
    }

    // MARK: Partitions that come and go

    /// How long a client is to be held up that has used its tokens up, in ms.
    func mutationThrottleMs(of client: Client, nowMs: Int64) -> Int64 {
        let ms = useBucket(client, nowMs) { bucket, bound in
            bucket.throttleMs(bound: bound, nowMs: nowMs, mutationWindows)
        }
        return noted(ms ?? 0, .controllerMutationRate)
    }

    /// Takes tokens for partitions.
    func takeMutations(_ count: Int, by client: Client, nowMs: Int64) {
        _ = useBucket(client, nowMs) { bucket, bound in
            bucket.take(Double(count), bound: bound, nowMs: nowMs, mutationWindows)
        }
    }

    private func useBucket<Answer>(
        _ client: Client, _ nowMs: Int64, _ body: (inout TokenBucket, Double) -> Answer
    ) -> Answer? {
        use(.controllerMutationRate, client, nowMs) { counter, bound in
            var bucket =
                counter.bucket ?? TokenBucket(bound: bound, nowMs: nowMs, mutationWindows)
            defer { counter.bucket = bucket }
            return body(&bucket, bound)
        }
    }

    // MARK: Connections

    /// Counts a connection from an address, and tells how long it is to be held up before it is
    /// closed, in ms; 0 when it is taken.
    func recordConnection(from ip: String, nowMs: Int64) -> Int64 {
        guard !isEmpty else { return 0 }
        let ip = IPAddress.canonical(ip) ?? ip
        let ms = state.withLockedValue { state -> Int64 in
            guard
                let bound = state.connectionRates[ip]
                    ?? state.quotas.find(.connectionCreationRate, ip: ip)
            else { return 0 }
            let holder = Holder(key: .connectionCreationRate, ip: ip)
            return QuotaManager.use(&state, holder, nowMs) { counter in
                counter.rate.record(1, nowMs: nowMs, windows)
                let ms = counter.rate.throttleMs(bound: bound, nowMs: nowMs, windows)
                if ms > 0 { counter.rate.record(-1, nowMs: nowMs, windows) }
                return min(ms, windows.sizeMs)
            }
        }
        return noted(ms, .connectionCreationRate)
    }

    // MARK: Throttles

    /// How long clients were held up, by the quota that they had used up.
    var throttles: [QuotaKey: Histogram] { state.withLockedValue { $0.throttles } }

    private func noted(_ ms: Int64, _ key: QuotaKey) -> Int64 {
        guard ms > 0 else { return 0 }
        state.withLockedValue { state in
            state.throttles[key, default: Histogram(bounds: Histogram.latencyBounds)]
                .add(Int(ms) * 1000)
        }
        return ms
    }

    // MARK: Counters

    var counterCount: Int { state.withLockedValue { $0.counters.count } }

    /// - Returns: nil for a client without such a quota.
    private func use<Answer>(
        _ key: QuotaKey, _ client: Client, _ nowMs: Int64,
        _ body: (inout Counter, _ bound: Double) -> Answer
    ) -> Answer? {
        state.withLockedValue { state in
            guard
                let (entity, bound) = state.quotas.find(
                    key, user: client.user, clientID: client.id)
            else { return nil }
            let holder = Holder(
                key: key, user: entity.user == nil ? "" : client.user,
                clientID: entity.clientID == nil ? "" : client.id)
            return QuotaManager.use(&state, holder, nowMs) { body(&$0, bound) }
        }
    }

    private static func use<Answer>(
        _ state: inout State, _ holder: Holder, _ nowMs: Int64,
        _ body: (inout Counter) -> Answer
    ) -> Answer {
        if state.counters[holder] == nil, state.counters.count >= maxCounters {
            forgetIdle(&state, nowMs)
        }
        state.counters[holder, default: Counter()].usedMs = nowMs
        return body(&state.counters[holder, default: Counter()])
    }

    /// Makes room for new counters: a quarter of it at least, so that it is seldom called.
    private static func forgetIdle(_ state: inout State, _ nowMs: Int64) {
        state.counters = state.counters.filter { nowMs - $0.value.usedMs < idleMs }
        let excess = state.counters.count - maxCounters * 3 / 4
        guard excess > 0 else { return }
        let oldest = state.counters.sorted { $0.value.usedMs < $1.value.usedMs }.prefix(excess)
        for (holder, _) in oldest { state.counters[holder] = nil }
    }
}
