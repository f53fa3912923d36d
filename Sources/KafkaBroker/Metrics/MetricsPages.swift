import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// What the metrics server answers, by path.
///
/// Any thread. The metrics are put together on one thread of its own, one answer after the other;
/// requests beyond `MetricsServer.maxWaiting` are refused.
final class MetricsPages: Sendable {
    /// Without what only the connection knows.
    struct Answer: Sendable {
        var status: HTTPResponseStatus
        var contentType = "text/plain; charset=utf-8"
        var body = ByteBuffer()
        /// Methods that the path takes, where the one asked for is none of them.
        var allow: String?

        init(_ status: HTTPResponseStatus, _ text: String) {
            self.status = status
            body = ByteBuffer(string: text + "\n")
        }
    }

    private static let metricsType = "text/plain; version=0.0.4; charset=utf-8"

    private let metrics: @Sendable () throws -> ByteBuffer
    private let problem: @Sendable () -> String?
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let waitingCount = NIOLockedValueBox(0)

    /// - Parameters:
    ///   - metrics: called on the thread that may block.
    ///   - problem: why the broker cannot do its work; nil when it can. Called on an event loop.
    init(
        metrics: @escaping @Sendable () throws -> ByteBuffer,
        problem: @escaping @Sendable () -> String?
    ) {
        self.metrics = metrics
        self.problem = problem
        pool.start()
    }

    func answer(
        _ method: HTTPMethod, _ uri: String, on eventLoop: any EventLoop
    ) -> EventLoopFuture<Answer> {
        let path = uri.prefix { $0 != "?" }
        guard path == "/metrics" || path == "/healthz" else {
            return eventLoop.makeSucceededFuture(
                Answer(.notFound, "there are /metrics and /healthz"))
        }
        guard method == .GET || method == .HEAD else {
            var answer = Answer(.methodNotAllowed, "GET and HEAD alone")
            answer.allow = "GET, HEAD"
            return eventLoop.makeSucceededFuture(answer)
        }
        return path == "/metrics"
            ? metricsAnswer(on: eventLoop) : eventLoop.makeSucceededFuture(healthAnswer())
    }

    private func healthAnswer() -> Answer {
        if let problem = problem() { return Answer(.serviceUnavailable, problem) }
        return Answer(.ok, "ok")
    }

    private func metricsAnswer(on eventLoop: any EventLoop) -> EventLoopFuture<Answer> {
        let isAdmitted = waitingCount.withLockedValue { count in
            guard count < MetricsServer.maxWaiting else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            return eventLoop.makeSucceededFuture(
                Answer(.serviceUnavailable, "too many ask for metrics at once"))
        }
        return pool.runIfActive(eventLoop: eventLoop) { [self] in
            var answer = Answer(.ok, "")
            answer.contentType = MetricsPages.metricsType
            answer.body = try metrics()
            return answer
        }
        .flatMapErrorThrowing { _ in Answer(.serviceUnavailable, "the broker is stopping") }
        .always { [waitingCount] _ in waitingCount.withLockedValue { $0 -= 1 } }
    }

    func shutdown() async {
        try? await pool.shutdownGracefully()
    }
}
