internal import ArgumentParser
internal import KafkaSecurity

/// Where a password comes from: never from the command line itself, which others can see.
struct PasswordArguments: ParsableArguments {
    /// The most that is read for a password, in bytes.
    private static let maxBytes = 64 << 10

    @Option(
        help: ArgumentHelp("Read the password from a file.", valueName: "file"),
        completion: .file())
    var passwordFile: String?

    @Option(
        help: ArgumentHelp("Take the password from a command's output.", valueName: "command"))
    var passwordCommand: String?

    /// - Throws: `CommandFailure` of status `usage`.
    func check() throws(CommandFailure) {
        guard passwordFile == nil || passwordCommand == nil else {
            throw .usage("--password-file and --password-command exclude each other")
        }
    }

    /// Asks on a terminal, and reads standard input elsewhere, where neither option is given. May
    /// block.
    ///
    /// - Throws: `CommandFailure`, `SecretError`.
    func read(for user: String, in context: CommandContext) throws -> Secret {
        if let passwordFile { return try SecretText.read(passwordFile, for: "--password-file") }
        if let passwordCommand {
            return try SecretCommand(command: passwordCommand, setting: "--password-command").run()
        }
        guard !context.isInputTerminal else {
            return try PasswordPrompt(context: context).ask(for: user)
        }
        return try SecretText.secret(
            PasswordArguments.input(of: context.inputDescriptor), from: "standard input")
    }

    /// All of it.
    private static func input(of descriptor: Int32) throws(CommandFailure) -> [UInt8] {
        let input = BlockReader(descriptor: descriptor, maxBytes: maxBytes)
        while true {
            switch input.fill() {
            case .read: continue
            case .ended: return Array(input.unread)
            case .full:
                throw .failed("standard input is larger than \(maxBytes) bytes: no password")
            case .failed(let code):
                throw .failed("cannot read standard input: \(systemErrorText(code))")
            }
        }
    }
}
