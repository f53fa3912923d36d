internal import Platform

/// The files and the pipeline of one command of the shell. One owner.
final class ShellStreams {
    /// Nil for the shell's own.
    private(set) var input: Int32?
    private(set) var output: Int32?
    private(set) var child: ChildProcess?

    /// - Throws: `CommandFailure`.
    init(_ statement: ShellStatement, _ context: CommandContext) throws(CommandFailure) {
        do {
            if let path = statement.input {
                input = try ShellStreams.open(path, O_RDONLY, "read")
            }
            if let file = statement.output {
                let flags = O_WRONLY | O_CREAT | (file.appends ? O_APPEND : O_TRUNC)
                output = try ShellStreams.open(file.path, flags, "write")
            }
            if let text = statement.pipeline { try startPipeline(text, context) }
        } catch {
            close()
            throw error
        }
    }

    private static func open(
        _ path: String, _ flags: Int32, _ verb: String
    ) throws(CommandFailure) -> Int32 {
        let descriptor = Platform.open(path, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw .failed("cannot \(verb) \(path): \(systemErrorText(errno))")
        }
        return descriptor
    }

    private func startPipeline(_ text: String, _ context: CommandContext) throws(CommandFailure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .failed("cannot make a pipe: \(systemErrorText(errno))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        output = ends[1]
        defer { ShellStreams.close(ends[0]) }
        child = try ChildProcess(
            ["/bin/sh", "-c", text], environment: context.environment, input: ends[0])
    }

    /// Lets the pipeline see the end.
    func closeOutput() {
        if let output { ShellStreams.close(output) }
        output = nil
    }

    func close() {
        closeOutput()
        if let input { ShellStreams.close(input) }
        input = nil
    }

    private static func close(_ descriptor: Int32) {
        Platform.close(descriptor)
    }
}
