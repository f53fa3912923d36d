internal import NIOCore

/// The pauses between repetitions of a call, and its end.
struct Retry: Sendable {
    let deadline: NIODeadline
    private var backoff: Backoff

    /// - Parameters:
    ///   - deadline: by default `timeoutMs` from now.
    ///   - firstPauseMs: an upper limit for the first pause.
    init(
        _ configuration: ClientConfiguration, deadline: NIODeadline? = nil,
        firstPauseMs: Int = .max
    ) {
        self.deadline = deadline ?? .now() + .milliseconds(Int64(configuration.timeoutMs))
        backoff = Backoff(
            initialMs: min(configuration.retryBackoffMs, firstPauseMs),
            maxMs: configuration.retryBackoffMaxMs)
    }

    /// Ms until then, 0 when it is past.
    static func remainingMs(until deadline: NIODeadline) -> Int {
        max(0, Int((deadline - .now()).nanoseconds / 1_000_000))
    }

    /// Pauses before the next attempt.
    ///
    /// - Throws: the error itself when it is final or the time is up, `closed` when cancelled.
    mutating func wait(after error: KafkaError) async throws(KafkaError) {
        guard error.isRetriable else { throw error }
        try await pause(after: error)
    }

    /// The same after an error that passes where it came from, whatever it means elsewhere.
    mutating func pause(after error: KafkaError) async throws(KafkaError) {
        let pause = TimeAmount.milliseconds(Int64(backoff.nextMs()))
        // An attempt that has no time left would only hide the reason of this one.
        guard NIODeadline.now() + pause < deadline else { throw error }
        do {
            try await Task.sleep(nanoseconds: UInt64(pause.nanoseconds))
        } catch {
            throw KafkaError(any: error)
        }
    }
}
