internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix
internal import Platform

/// The event loop that the client of a command runs on.
///
/// Its thread starts when this is made, at the start of the process, so that it is ready by the
/// time the command line has been parsed. It ends with the process. Any thread may ask.
final class ClientEventLoop: Sendable {
    private let isReady = ConditionLock(value: false)
    private let started = NIOLockedValueBox<(any EventLoop)?>(nil)

    init() {
        // A bare thread: a task would first start the pool of threads that tasks run on.
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                let this = argument.map {
                    Unmanaged<ClientEventLoop>.fromOpaque($0).takeRetainedValue()
                }
                this?.run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(code == 0, "cannot start a thread: \(systemErrorText(code))")
        pthread_detach(thread)
    }

    private func run() {
        MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { eventLoop in
            self.isReady.lock()
            self.started.withLockedValue { $0 = eventLoop }
            self.isReady.unlock(withValue: true)
        }
    }

    /// The loop. Who asks before it runs waits for it, for less than a millisecond.
    var eventLoop: any EventLoop {
        isReady.lock(whenValue: true)
        defer { isReady.unlock() }
        guard let eventLoop = started.withLockedValue({ $0 }) else {
            preconditionFailure("an event loop that is ready is there")
        }
        return eventLoop
    }
}
