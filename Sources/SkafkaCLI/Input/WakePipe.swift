internal import Platform

/// Wakes a thread that waits in poll(2). Any thread may call `wake`; it stays awake then.
final class WakePipe: Sendable {
    /// Readable once somebody called `wake`.
    let readEnd: Int32
    private let writeEnd: Int32

    /// - Throws: `CommandFailure` when no descriptors are left.
    init() throws(CommandFailure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .failed("cannot make a pipe: \(systemErrorText(errno))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = ends[0]
        writeEnd = ends[1]
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func wake() {
        var byte: UInt8 = 0
        _ = write(writeEnd, &byte, 1)
    }

    /// Lets the thread wait again.
    func reset() {
        var bytes: UInt64 = 0
        while wait(for: readEnd, timeoutMs: 0) == .woken, read(readEnd, &bytes, 8) == 8 {}
    }

    enum Readiness: Equatable {
        case readable
        case woken
        case timedOut
    }

    /// Waits until a descriptor is readable (or at its end) or somebody woke.
    ///
    /// - Parameter timeoutMs: -1 waits for ever.
    func wait(for descriptor: Int32, timeoutMs: Int32) -> Readiness {
        var entries = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&entries, 2, timeoutMs)
            if count < 0, errno == EINTR { continue }
            if entries[1].revents != 0 { return .woken }
            return count == 0 ? .timedOut : .readable
        }
    }
}
