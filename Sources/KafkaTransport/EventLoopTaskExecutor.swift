public import NIOCore

/// Runs a task on an event loop, where what the task waits for wakes no other thread.
///
/// For tasks that do little between their waits: the loop serves nothing else meanwhile. Any thread
/// may enqueue.
public final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    public init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
