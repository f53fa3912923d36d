internal import Synchronization

/// Counts how often segments of a log were replaced, for those who open its files by name on
/// another thread: as long as the count stands, the files are those of the segments they know.
final class LogGeneration: Sendable {
    private let count = Atomic<Int>(0)

    var current: Int { count.load(ordering: .acquiring) }

    /// Before the first file is renamed; on the log's thread.
    func advance() { count.add(1, ordering: .sequentiallyConsistent) }
}
