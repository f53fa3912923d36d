internal import NIOCore

/// The pauses between repetitions of a call, and its end.
struct Retry: Sendable {
    let deadline: NIODeadline
    private var backoff: Backoff

    /// - Parameter deadline: by default `timeoutMs` from now.
    init(_ configuration: ClientConfiguration, deadline: NIODeadline? = nil) {
        self.deadline = deadline ?? .now() + .milliseconds(Int64(configuration.timeoutMs))
        backoff = Backoff(
            initialMs: configuration.retryBackoffMs, maxMs: configuration.retryBackoffMaxMs)
    }

    /// Pauses before the next attempt.
    ///
    /// - Throws: the error itself when it is final or the time is up, `closed` when cancelled.
    mutating func wait(after error: KafkaError) async throws(KafkaError) {
        guard error.isRetriable, NIODeadline.now() < deadline else { throw error }
        let remaining = deadline - .now()
        let pause = min(.milliseconds(Int64(backoff.nextMs())), remaining)
        do {
            try await Task.sleep(nanoseconds: UInt64(max(0, pause.nanoseconds)))
        } catch {
            throw KafkaError(any: error)
        }
    }
}
