internal import Platform

/// Lines that a person types, edited by readline, as input for whoever reads a descriptor.
///
/// The editor runs on a thread of its own and writes each finished line into a pipe at once; at
/// Ctrl-D, or when `end` is called, the pipe ends. Used where standard input is a terminal.
final class TerminalInput: Sendable {
    /// Where the lines come out.
    let descriptor: Int32
    private let writeEnd: Int32
    private let editor: LineEditor
    private let prompt: String
    private let thread = BlockingThread()

    /// - Parameter prompt: what stands before each line.
    /// - Returns: nil where nobody types, or what is typed could not be shown.
    /// - Throws: `CommandFailure` when no descriptors are left.
    init?(_ context: CommandContext, prompt: String) throws(CommandFailure) {
        guard context.isInputTerminal, context.isErrorTerminal else { return nil }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .failed("cannot make a pipe: \(systemErrorText(errno))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        descriptor = ends[0]
        writeEnd = ends[1]
        self.prompt = prompt
        editor = try LineEditor(context, completer: nil)
    }

    deinit {
        close(descriptor)
    }

    /// Begins to read lines.
    func start() {
        thread.submit { [editor, prompt, writeEnd] in
            let pipe = OutputBuffer(descriptor: writeEnd, capacityBytes: 4096)
            while case .text(let line) = editor.readLine(prompt) {
                if !line.isEmpty { editor.remember(CollectionOfOne(line)) }
                pipe.append(line)
                pipe.append(UInt8(ascii: "\n"))
                if (try? pipe.flush()) == nil { break }
            }
            close(writeEnd)
        }
    }

    /// Stops reading, and waits until the terminal is as it was.
    func end() async {
        editor.end()
        try? await thread.run {}
    }
}
