internal import Synchronization

/// Files and directories that have left use, under names that say so, until it is time for them to
/// go (`file.delete.delay.ms`): reads that are under way go on until then, and beyond.
///
/// One for a log directory, shared by its logs. Any thread; one short lock, but for `removeDue`.
/// A restart removes what is in it too.
public final class DelayedRemovals: Sendable {
    private struct Removal {
        var path: String
        var isDirectory: Bool
        var dueMs: Int64
    }

    private let disk: any Disk
    private let waiting = Mutex<[Removal]>([])

    init(disk: any Disk) {
        self.disk = disk
    }

    /// - Parameter delayMs: from now on.
    func add(files: [String], nowMs: Int64, delayMs: Int64) {
        add(files, isDirectory: false, nowMs: nowMs, delayMs: delayMs)
    }

    func add(directories: [String], nowMs: Int64, delayMs: Int64) {
        add(directories, isDirectory: true, nowMs: nowMs, delayMs: delayMs)
    }

    private func add(_ paths: [String], isDirectory: Bool, nowMs: Int64, delayMs: Int64) {
        let (sum, overflow) = nowMs.addingReportingOverflow(delayMs)
        let dueMs = overflow ? Int64.max : sum
        waiting.withLock { waiting in
            waiting += paths.map { Removal(path: $0, isDirectory: isDirectory, dueMs: dueMs) }
        }
    }

    /// Number of files and directories that wait.
    public var count: Int { waiting.withLock { $0.count } }

    /// Removes what is due, each by itself. Blocks.
    ///
    /// - Returns: why some could not be removed. They are not tried again before the next start.
    public func removeDue(nowMs: Int64) -> [LogError] {
        let due = waiting.withLock { waiting in
            let due = waiting.filter { $0.dueMs <= nowMs }
            if !due.isEmpty { waiting.removeAll { $0.dueMs <= nowMs } }
            return due
        }
        var errors: [LogError] = []
        for removal in due {
            do throws(LogError) {
                if removal.isDirectory {
                    try disk.removeTree(removal.path)
                } else {
                    try disk.removeFile(removal.path)
                }
            } catch {
                errors.append(error)
            }
        }
        return errors
    }
}
