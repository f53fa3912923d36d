internal import Synchronization
internal import Platform

/// A thread of the operating system, for work that blocks.
final class WorkerThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private struct Handle: @unchecked Sendable {
        var thread: pthread_t?
    }

    private let handle: Mutex<Handle>

    /// Starts at once. A machine that gives no thread is beyond help: the process ends.
    init(_ body: @escaping @Sendable () -> Void) {
        #if canImport(Darwin)
            var thread: pthread_t? = nil
        #else
            var thread = pthread_t()
        #endif
        let argument = Unmanaged.passRetained(Body(body)).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { argument in
                #if canImport(Darwin)
                    let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                #else
                    let body = Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
                #endif
                body.run()
                return nil
            }, argument)
        precondition(result == 0, "no thread: \(result)")
        handle = Mutex(Handle(thread: thread))
    }

    /// Waits for the thread's end. Blocks. A thread that is not joined goes on by itself.
    func join() {
        let thread = handle.withLock { handle in
            defer { handle.thread = nil }
            return handle.thread
        }
        if let thread { pthread_join(thread, nil) }
    }

    deinit {
        handle.withLock { if let thread = $0.thread { pthread_detach(thread) } }
    }
}

extension WorkerThread {
    /// Blocks the calling thread.
    static func sleep(milliseconds: Int64) {
        var wanted = timespec(
            tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        var left = timespec()
        while nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
    }
}
