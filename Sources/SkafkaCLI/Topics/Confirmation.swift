#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks before something is deleted, or may be lost.
struct Confirmation {
    /// What is read of an answer, in bytes; a terminal gives a line at a time.
    private static let maxAnswerBytes = 4096

    /// `--yes`
    let isGiven: Bool
    let context: CommandContext

    /// - Parameters:
    ///   - question: as `delete topic orders`.
    ///   - elsewhere: what stands against it where nobody can be asked; nil for nothing.
    /// - Throws: `CommandFailure` when it is not to be done.
    func ask(_ question: String, elsewhere: String? = nil) throws(CommandFailure) {
        if isGiven { return }
        guard context.isInputTerminal, context.isErrorTerminal else {
            if let elsewhere { throw .usage(elsewhere) }
            return
        }
        context.note("\(question)? [y/N]")
        guard ["y", "yes"].contains(try answer().lowercased()) else {
            throw .failed("nothing was done")
        }
    }

    /// A line of the terminal. After Ctrl-C nobody reads on: in a shell, the next line is another
    /// command's.
    private func answer() throws(CommandFailure) -> String {
        let wake = try WakePipe()
        let id = context.interrupts.onInterrupt { wake.wake() }
        defer { context.interrupts.remove(id) }
        guard wake.wait(for: context.inputDescriptor, timeoutMs: -1) == .readable else {
            throw .reported(.failed)
        }
        var bytes = [UInt8](repeating: 0, count: Confirmation.maxAnswerBytes)
        let count = read(context.inputDescriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    }
}
