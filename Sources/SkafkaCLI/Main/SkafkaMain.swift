internal import ArgumentParser
internal import KafkaTransport
internal import Platform

/// The program: parses the command line, runs the command, ends the process with its exit code.
///
/// The main thread waits for signals; the command runs as a task. The first SIGINT, SIGTERM or
/// SIGHUP lets the command unwind, for `cleanUpLimitMs` at most; a second one ends the process,
/// unless it comes right behind the first.
public enum SkafkaMain {
    /// How long a command may take to end after a signal, in ms.
    static let cleanUpLimitMs = 5000

    /// A signal that comes so soon after the first is the same wish told twice (`timeout` signals
    /// its child and then the group), in ms.
    private static let repeatMs = 500

    /// Runs the program.
    ///
    /// - Parameter arguments: the program's name and its arguments.
    public static func run(arguments: [String]) -> Never {
        StandardDescriptors.reserve()
        // A reader that went away shows as EPIPE where it is written, not as a death, and a file
        // that may not grow (`ulimit -f`) as EFBIG.
        for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
        let signals = blockSignals()
        let context = CommandContext(environment: CommandContext.processEnvironment())
        let words = GlobalOptionHoisting.hoist(Array(arguments.dropFirst()))
        let command: any ParsableCommand
        do {
            command = try CommandPath.parse(words)
        } catch {
            exit(report(parseError: error, context).code)
        }
        Task.detached(executorPreference: executor(of: command, context)) {
            let status = await run(command, in: context)
            await context.closing.run()
            exit(status.code)
        }
        waitForSignals(signals, context)
    }

    /// Where a command runs.
    static func executor(
        of command: any ParsableCommand, _ context: CommandContext
    ) -> any TaskExecutor {
        guard let command = command as? any SkafkaCommand, type(of: command).runsOnEventLoop else {
            return globalConcurrentExecutor
        }
        return EventLoopTaskExecutor(context.clientLoop.eventLoop)
    }

    /// Runs a parsed command and reports how it failed.
    static func run(_ command: any ParsableCommand, in context: CommandContext) async -> ExitStatus
    {
        var status = ExitStatus.done
        var context = context
        if let command = command as? any SkafkaCommand { context.color = command.global.color }
        do {
            if let command = command as? any SkafkaCommand {
                try await command.execute(in: context)
            } else if let command = command as? any GatheringCommand {
                context.complain(type(of: command).missingCommand.message)
                return .usage
            } else {
                var command = command
                try command.run()
            }
        } catch {
            if command is any SkafkaCommand {
                let failure = CommandFailure(error)
                // What a signal broke off is no failure to talk about.
                let isSilent = failure.message.isEmpty || context.interrupts.isInterrupted
                if !isSilent { context.complain(failure.message) }
                status = failure.status
            } else {
                status = report(parseError: error, context)
            }
        }
        if case .other = status { return status }
        if let signal = context.interrupts.signal, status != .done || !endsOrderly(command, signal)
        {
            return .signal(signal)
        }
        return status
    }

    /// A server that is told to stop has done all it was asked for.
    private static func endsOrderly(_ command: any ParsableCommand, _ signal: Int32) -> Bool {
        signal == SIGTERM && command is any ServerCommand
    }

    /// Help goes to standard output; errors are one line with where to read on.
    static func report(parseError error: any Error, _ context: CommandContext) -> ExitStatus {
        if let failure = error as? CommandFailure {
            context.complain(failure.message)
            return failure.status
        }
        let text = Skafka.fullMessage(for: error)
        guard !Skafka.exitCode(for: error).isSuccess else {
            let output = context.makeOutput()
            output.append(text)
            if !text.hasSuffix("\n") { output.append(UInt8(ascii: "\n")) }
            do {
                try output.flush()
            } catch {
                let failure = CommandFailure(error)
                if !failure.message.isEmpty { context.complain(failure.message) }
                return failure.status
            }
            return .done
        }
        context.complain(UsageMessage.oneLine(message: Skafka.message(for: error), full: text))
        return .usage
    }

    private static func blockSignals() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        return signals
    }

    private static func waitForSignals(_ signals: sigset_t, _ context: CommandContext) -> Never {
        var signals = signals
        var firstAt: ContinuousClock.Instant?
        while true {
            var number: Int32 = 0
            guard sigwait(&signals, &number) == 0, !context.interrupts.isTaken(signal: number)
            else { continue }
            if let firstAt {
                if ContinuousClock.now - firstAt < .milliseconds(repeatMs) { continue }
                _exit(128 + number)
            }
            firstAt = .now
            let unwinds = context.interrupts.interrupt(signal: number)
            Task.detached { await end(after: number, unwinds: unwinds, context) }
        }
    }

    /// Ends the process when the command cannot, or does not in time.
    private static func end(
        after number: Int32, unwinds: Bool, _ context: CommandContext
    ) async {
        if unwinds {
            try? await Task.sleep(for: .milliseconds(context.interrupts.unwindLimitMs))
        }
        Task.detached {
            try? await Task.sleep(for: .milliseconds(cleanUpLimitMs))
            _exit(128 + number)
        }
        await context.closing.run()
        exit(128 + number)
    }
}

/// A command that runs until it is told to stop, and for which that is success.
protocol ServerCommand: SkafkaCommand {}
