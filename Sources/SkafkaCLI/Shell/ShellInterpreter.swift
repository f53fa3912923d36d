internal import ArgumentParser
internal import NIOConcurrencyHelpers
internal import Platform

/// Runs the commands of a shell, one at a time.
///
/// `run`, `connect` and `end` have one caller, the shell's loop; `interrupt` may come from any
/// thread and is about the command that runs.
final class ShellInterpreter: Sendable {
    private struct State {
        var topic: String?
        var lastStatus = ExitStatus.done
        var isEnded = false
        /// What `exit` was given.
        var askedStatus: ExitStatus?
        var job: ShellJob?
        /// What ends the shell itself.
        var stopSignal: Int32?
    }

    private let options: GlobalOptions
    private let context: CommandContext
    /// Whether standard input is where the commands come from.
    private let readsScript: Bool
    private let state = NIOLockedValueBox(State())

    init(_ options: GlobalOptions, _ context: CommandContext, readsScript: Bool) {
        self.options = options
        self.context = context
        self.readsScript = readsScript
    }

    /// What `use` chose.
    var topic: String? { state.withLockedValue { $0.topic } }

    /// What `exit` was given; nil without it.
    var askedStatus: ExitStatus? { state.withLockedValue { $0.askedStatus } }

    /// Whether the shell is to end.
    var isEnded: Bool { state.withLockedValue { $0.isEnded } }

    func end() { state.withLockedValue { $0.isEnded = true } }

    /// Ends the command that runs, and the shell.
    func stop(signal: Int32) {
        let job = state.withLockedValue { state in
            state.isEnded = true
            state.stopSignal = signal
            return state.job
        }
        job?.interrupt(signal: signal)
    }

    /// Ends the command that runs.
    ///
    /// - Returns: false when none does.
    @discardableResult
    func interrupt(signal: Int32) -> Bool {
        guard let job = state.withLockedValue({ $0.job }) else { return false }
        job.interrupt(signal: signal)
        return true
    }

    /// Opens the connection that the commands will share, so that an embedded broker runs for as
    /// long as the shell does. What is wrong is said, and again by the commands.
    func connect() async {
        do {
            _ = try await Session.open(options, .load(options), in: context)
        } catch {
            context.complain(CommandFailure(error).message)
        }
    }

    /// Runs a command; whatever went wrong is said on standard error.
    func run(_ statement: ShellStatement) async -> ExitStatus {
        var words = statement.words
        if words.count > 1, words[0] == "skafka" { words.removeFirst() }
        let own = builtin(words)
        let status = if let own { own } else { await runCommand(words, statement) }
        state.withLockedValue { $0.lastStatus = status }
        return status
    }

    // MARK: The shell's own words

    /// - Returns: nil when it is none of them.
    private func builtin(_ words: [String]) -> ExitStatus? {
        switch words[0] {
        case "exit", "quit":
            guard words.count <= 2, let code = Int32(words.count == 2 ? words[1] : "0") else {
                context.complain("write \(words[0]), or \(words[0]) and a number")
                return .usage
            }
            let last = state.withLockedValue { state in
                state.isEnded = true
                return state.lastStatus
            }
            guard words.count == 2 else { return last }
            let status: ExitStatus = code == 0 ? .done : .other(code & 0xFF)
            state.withLockedValue { $0.askedStatus = status }
            return status
        case "use":
            guard words.count <= 2 else {
                context.complain("write use TOPIC, or use alone for none")
                return .usage
            }
            state.withLockedValue { $0.topic = words.count == 2 ? words[1] : nil }
            return .done
        default: return nil
        }
    }

    /// `help topics` is `topics --help`; alone it shows what the shell knows.
    private func expandHelp(_ words: [String]) -> [String] {
        guard words[0] == "help" else { return words }
        return words.count == 1 ? ["shell", "--help"] : words.dropFirst() + ["--help"]
    }

    // MARK: Commands

    private func runCommand(_ words: [String], _ statement: ShellStatement) async -> ExitStatus {
        let command: any ParsableCommand
        do {
            var words = GlobalOptionHoisting.hoist(expandHelp(words))
            if let topic { words = TopicInUse.complete(words, with: topic, in: .skafka) }
            command = try CommandPath.parse(withOptions(words))
        } catch {
            return await withStreams(of: statement) { context in
                SkafkaMain.report(parseError: error, context)
            }
        }
        if readsScript, statement.input == nil, let produce = command as? ProduceCommand,
            produce.readsStandardInput
        {
            context.complain(
                "standard input holds the shell's commands; name a file, or write < FILE")
            return .usage
        }
        let isHelp = words == ["help"]
        return await withStreams(of: statement) { context in
            if isHelp { ShellInterpreter.listCommands(context) }
            return await self.carryOut(command, context)
        }
    }

    /// The options of the shell itself stand before those of a command.
    private func withOptions(_ words: [String]) -> [String] {
        let (command, depth) = CommandPath.resolve(words)
        guard depth > 0, command.configuration.subcommands.isEmpty else { return words }
        let rest = words[depth...]
        let own = options.words(besides: GlobalOptionHoisting.namesBroker(rest))
        return words[..<depth] + own + rest
    }

    /// What there is besides the help of `shell`.
    private static func listCommands(_ context: CommandContext) {
        let output = context.makeOutput(capacityBytes: 4096)
        output.append("COMMANDS:\n" as StaticString)
        for command in CommandTree.skafka.visibleSubcommands where command.name != "shell" {
            let padding = String(repeating: " ", count: max(1, 24 - command.name.count))
            output.append("  \(command.name)\(padding)\(command.abstract)\n")
        }
        output.append("\n" as StaticString)
        // The help that follows meets the same trouble and says so.
        try? output.flush()
    }

    private func carryOut(
        _ command: any ParsableCommand, _ context: CommandContext
    ) async -> ExitStatus {
        let job = ShellJob(command, context)
        let stopSignal = state.withLockedValue { state in
            state.job = job
            return state.stopSignal
        }
        if let stopSignal { return .signal(stopSignal) }
        let status = await job.run()
        state.withLockedValue { $0.job = nil }
        return status
    }

    /// Runs the body with a context of its own: files and a pipeline in place of the streams, and
    /// interrupts that are this command's alone.
    private func withStreams(
        of statement: ShellStatement, _ body: (CommandContext) async -> ExitStatus
    ) async -> ExitStatus {
        var context = context
        context.interrupts = InterruptCenter()
        context.closing = ClosingActions()
        do {
            let streams = try ShellStreams(statement, context)
            defer { streams.close() }
            context.inputDescriptor = streams.input ?? context.inputDescriptor
            context.outputDescriptor = streams.output ?? context.outputDescriptor
            let status = await body(context)
            streams.closeOutput()
            guard let child = streams.child else { return status }
            let code = await child.wait()
            // The first that failed counts.
            return status != .done || code == 0 ? status : .other(code)
        } catch {
            context.complain(error.message)
            return error.status
        }
    }
}
