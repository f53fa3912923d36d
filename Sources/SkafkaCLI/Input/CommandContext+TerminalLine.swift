internal import Platform

extension CommandContext {
    /// What is read of a line, in bytes; a terminal gives a line at a time.
    private static let maxLineBytes = 4096

    /// A line that somebody types. After Ctrl-C nobody reads on: in a shell, the next line is
    /// another command's.
    ///
    /// - Throws: `CommandFailure` after Ctrl-C.
    func readTerminalLine() throws(CommandFailure) -> String {
        let wake = try WakePipe()
        let id = interrupts.onInterrupt { wake.wake() }
        defer { interrupts.remove(id) }
        guard wake.wait(for: inputDescriptor, timeoutMs: -1) == .readable else {
            throw .reported(.failed)
        }
        var bytes = [UInt8](repeating: 0, count: CommandContext.maxLineBytes)
        let count = read(inputDescriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    }
}
