import KafkaBase
import NIOConcurrencyHelpers

/// What a request may still make and delete of partitions (KIP-599, Kafka's
/// `ControllerMutationQuota`). Any thread.
struct MutationQuota: Sendable {
    private let manager: QuotaManager
    private let client: QuotaManager.Client
    private let clock: KafkaClock
    /// Whether what is too much is refused. Older clients do not know the error: they are held up
    /// alone.
    private let isStrict: Bool
    /// Until when the client is held up, in ms since the epoch.
    private let throttledUntilMs = NIOLockedValueBox<Int64>(0)

    init(_ quota: RequestQuota, clock: KafkaClock, isStrict: Bool) {
        manager = quota.manager
        client = quota.client
        self.clock = clock
        self.isStrict = isStrict
    }

    /// Counts partitions that are about to be made or deleted.
    ///
    /// - Throws: `ApiError` THROTTLING_QUOTA_EXCEEDED; then they are not counted.
    func take(_ count: Int) throws(ApiError) {
        let nowMs = clock.nowMs
        if isStrict {
            let ms = manager.mutationThrottleMs(of: client, nowMs: nowMs)
            guard ms == 0 else {
                throttledUntilMs.withLockedValue { $0 = nowMs + ms }
                throw ApiError(
                    .throttlingQuotaExceeded, "The throttling quota has been exceeded.")
            }
        }
        manager.takeMutations(count, by: client, nowMs: nowMs)
        guard !isStrict else { return }
        let ms = manager.mutationThrottleMs(of: client, nowMs: nowMs)
        if ms > 0 { throttledUntilMs.withLockedValue { $0 = nowMs + ms } }
    }

    /// How long the client is to be held up, in ms.
    var throttleMs: Int64 { max(0, throttledUntilMs.withLockedValue { $0 } - clock.nowMs) }
}
