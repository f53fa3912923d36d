internal import KafkaSecurity
internal import Platform

/// Asks for a new password on the terminal, twice, and shows nothing of what is typed.
struct PasswordPrompt {
    let context: CommandContext

    /// - Throws: `CommandFailure` when nothing is typed, or two different things.
    func ask(for user: String) throws(CommandFailure) -> Secret {
        guard context.isErrorTerminal else {
            throw .usage(
                "nowhere to ask for the password; give --password-file or --password-command, or "
                    + "write it to standard input")
        }
        let first = try line("New password for \(user): ")
        guard !first.isEmpty else { throw .failed("no password given; nothing was done") }
        guard try line("The same again: ") == first else {
            throw .failed("the passwords differ; nothing was done")
        }
        return Secret(first)
    }

    private func line(_ prompt: String) throws(CommandFailure) -> String {
        let descriptor = context.inputDescriptor
        var before = termios()
        guard tcgetattr(descriptor, &before) == 0 else {
            throw .failed("cannot set the terminal: \(systemErrorText(errno))")
        }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        let output = ErrorStream(descriptor: context.errorDescriptor)
        tcsetattr(descriptor, TCSADRAIN, &silent)
        output.put(prompt)
        defer {
            tcsetattr(descriptor, TCSADRAIN, &before)
            output.put("\n")
        }
        return try context.readTerminalLine()
    }
}
