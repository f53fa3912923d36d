internal import Platform

/// Whoever reads standard output at the other end of a pipe: it may go away while there is nothing
/// to write. A value; any thread.
struct OutputReader: Sendable {
    /// How often a command that has nothing to write looks, in ms.
    static let checkMs = 500

    private let descriptor: Int32
    /// A file or a terminal has no reader that could go.
    let isPipe: Bool

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        isPipe = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// - Throws: `OutputError.readerGone`.
    func check() throws(OutputError) {
        guard isPipe else { return }
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        guard poll(&entry, 1, 0) > 0, entry.revents & Int16(POLLERR) != 0 else { return }
        throw .readerGone
    }
}
