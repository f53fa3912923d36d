internal import NIOConcurrencyHelpers

/// What becomes of one record, for the one who waits for it. Any thread; the batch that holds the
/// record completes it.
final class RecordDelivery: Sendable {
    typealias Outcome = Result<RecordMetadata, KafkaError>

    private struct State {
        var outcome: Outcome?
        var waiter: CheckedContinuation<Outcome, Never>?
    }

    private let state = NIOLockedValueBox(State())

    /// The first outcome counts.
    func complete(_ outcome: Outcome) {
        let waiter = state.withLockedValue { state -> CheckedContinuation<Outcome, Never>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            return state.waiter.take()
        }
        waiter?.resume(returning: outcome)
    }

    /// Waits for the outcome.
    ///
    /// - Throws: why the record was not delivered; `closed` when the task is cancelled, after which
    ///   the record may be delivered still.
    func value() async throws(KafkaError) -> RecordMetadata {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLockedValue { state -> Outcome? in
                    if state.outcome == nil { state.waiter = continuation }
                    return state.outcome
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            complete(.failure(.cancelled))
        }
        return try outcome.get()
    }
}
