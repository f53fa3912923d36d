internal import NIOConcurrencyHelpers
internal import Synchronization

/// Counts the bytes that a producer holds, and lets those wait who find it full. Any thread.
final class BufferBudget: Sendable {
    let limitBytes: Int
    /// Who waits goes on when no more than this is held: not for each single batch.
    private let resumeBytes: Int
    private let used = Atomic<Int>(0)
    /// What was last asked for in vain: who waits needs that much.
    private let refusedBytes = Atomic<Int>(0)
    private let waiters = NIOLockedValueBox(Waiters())

    private struct Waiters {
        var continuations: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastID = 0
        var isClosed = false
    }

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
        resumeBytes = limitBytes / 4 * 3
    }

    var usedBytes: Int { used.load(ordering: .relaxed) }

    /// Takes bytes if they fit. What is larger than the limit fits when nothing else is held.
    func reserve(_ bytes: Int) -> Bool {
        var held = used.load(ordering: .relaxed)
        while held == 0 || held + bytes <= limitBytes {
            let (exchanged, original) = used.weakCompareExchange(
                expected: held, desired: held + bytes, ordering: .relaxed)
            if exchanged { return true }
            held = original
        }
        refusedBytes.store(bytes, ordering: .sequentiallyConsistent)
        return false
    }

    /// Whether those who wait may go on.
    func hasRoom(held: Int) -> Bool {
        let refused = refusedBytes.load(ordering: .sequentiallyConsistent)
        return held <= min(resumeBytes, max(0, limitBytes - refused))
    }

    func release(_ bytes: Int) {
        let held = used.wrappingSubtract(bytes, ordering: .sequentiallyConsistent).newValue
        guard hasRoom(held: held) else { return }
        for continuation in takeWaiters() { continuation.resume() }
    }

    private func takeWaiters() -> [CheckedContinuation<Void, Never>] {
        waiters.withLockedValue { waiters in
            defer { waiters.continuations = [:] }
            return Array(waiters.continuations.values)
        }
    }

    /// Waits until there is room again, the producer is closed, or the task is cancelled.
    func waitForRoom() async {
        let id = waiters.withLockedValue { waiters in
            waiters.lastID += 1
            return waiters.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = waiters.withLockedValue { waiters in
                    let held = used.load(ordering: .sequentiallyConsistent)
                    if waiters.isClosed || Task.isCancelled || self.hasRoom(held: held) {
                        return true
                    }
                    waiters.continuations[id] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            waiters.withLockedValue { $0.continuations.removeValue(forKey: id) }?.resume()
        }
    }

    func close() {
        waiters.withLockedValue { $0.isClosed = true }
        for continuation in takeWaiters() { continuation.resume() }
    }
}
