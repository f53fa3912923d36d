internal import NIOCore

extension EventLoopFuture where Value: Sendable {
    /// Waits for the value, or until the task is cancelled: then what was waited for goes on by
    /// itself, and its outcome is dropped.
    func getUnlessCancelled() async throws -> Value {
        let promise = eventLoop.makePromise(of: Value.self)
        cascade(to: promise)
        return try await promise.getUnlessCancelled()
    }
}

extension EventLoopPromise where Value: Sendable {
    fileprivate func getUnlessCancelled() async throws -> Value {
        try await withTaskCancellationHandler {
            try await futureResult.get()
        } onCancel: {
            // The first outcome counts.
            fail(CancellationError())
        }
    }
}

extension Task where Failure == any Error {
    /// The same for a task that others wait for, too.
    func valueUnlessCancelled(on eventLoop: any EventLoop) async throws -> Success {
        let promise = eventLoop.makePromise(of: Success.self)
        Task<Void, Never> { promise.completeWith(await result) }
        return try await promise.getUnlessCancelled()
    }
}
