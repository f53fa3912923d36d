internal import NIOConcurrencyHelpers
internal import Platform

/// One run of `shell`: where its lines come from, and what ends it.
struct ShellRun {
    /// A command longer than this is none.
    private static let maxTextBytes = 1 << 20

    private let command: ShellCommand
    private let context: CommandContext
    private let thread = BlockingThread()

    init(_ command: ShellCommand, _ context: CommandContext) {
        self.command = command
        self.context = context
    }

    /// - Throws: `CommandFailure` with the status of the last command, when that is not 0.
    func run() async throws {
        var context = context
        context.sessions = SharedSessions(self.context)
        let isScript =
            !command.commands.isEmpty || !context.isInputTerminal || !context.isErrorTerminal
        let interpreter = ShellInterpreter(
            command.global, context, readsScript: isScript && command.commands.isEmpty)
        // What would end the process ends the command first, in time for it to clean up.
        self.context.interrupts.onInterrupt {
            interpreter.stop(signal: self.context.interrupts.signal ?? SIGTERM)
        }
        guard isScript else { return try await interact(interpreter, context) }
        let status =
            command.commands.isEmpty
            ? try await runInput(interpreter)
            : await runText(command.commands.joined(separator: "\n"), interpreter)
        if status != .done { throw CommandFailure.reported(.other(status.code)) }
    }

    // MARK: Scripts

    private func runText(_ text: String, _ interpreter: ShellInterpreter) async -> ExitStatus {
        var parser = ShellParser(text, home: context.environment["HOME"])
        var rest = ""
        let status = await run(&parser, interpreter, until: &rest)
        guard !rest.isEmpty, !interpreter.isEnded else { return status }
        context.complain(ShellRun.unfinished)
        return .usage
    }

    private static let unfinished = "the text ends within a command, or a quote is not closed"

    /// Runs the lines of standard input as they come.
    private func runInput(_ interpreter: ShellInterpreter) async throws -> ExitStatus {
        let reader = BlockReader(
            descriptor: context.inputDescriptor, maxBytes: ShellRun.maxTextBytes,
            capacityBytes: 64 << 10)
        let wake = try WakePipe()
        let id = context.interrupts.onInterrupt { wake.wake() }
        defer { context.interrupts.remove(id) }
        let lines = InputLines(reader, wake)
        var status = ExitStatus.done
        var pending = ""
        while !interpreter.isEnded {
            guard let line = try await thread.run({ try lines.next() }) else { break }
            pending += line
            // The command goes on in the next line.
            if ShellRun.isContinued(line) { continue }
            guard pending.utf8.count <= ShellRun.maxTextBytes else {
                throw CommandFailure.usage("a command longer than \(ShellRun.maxTextBytes) bytes")
            }
            var parser = ShellParser(pending, home: context.environment["HOME"])
            pending = ""
            status = await run(&parser, interpreter, until: &pending, after: status)
        }
        guard !pending.isEmpty, !interpreter.isEnded else { return status }
        context.complain(ShellRun.unfinished)
        return .usage
    }

    /// Whether the end of a line is quoted by a backslash.
    static func isContinued(_ line: String) -> Bool {
        guard line.hasSuffix("\n") else { return false }
        return line.dropLast().reversed().prefix { $0 == "\\" }.count % 2 == 1
    }

    /// Runs the commands of a text until one fails.
    ///
    /// - Parameter rest: gets a command at the end that is not finished.
    private func run(
        _ parser: inout ShellParser, _ interpreter: ShellInterpreter, until rest: inout String,
        after last: ExitStatus = .done
    ) async -> ExitStatus {
        var status = last
        while !interpreter.isEnded {
            do {
                guard let statement = try parser.next() else { return status }
                status = await interpreter.run(statement)
            } catch .incomplete {
                rest = parser.rest
                return status
            } catch {
                context.complain(error.message)
                parser.skipLine()
                status = .usage
            }
            if case .signal = status { interpreter.end() }
            if status != .done, !command.keepGoing { interpreter.end() }
        }
        return status
    }

    // MARK: A terminal

    private func interact(
        _ interpreter: ShellInterpreter, _ shell: CommandContext
    ) async throws {
        let history = ShellHistory(environment: context.environment)
        let completer = ShellCompleter(command.global, shell)
        let editor = try LineEditor(context) { completer.complete($0) }
        editor.remember(history.load())
        self.context.closing.add { editor.restore() }
        self.context.interrupts.onInterrupt { editor.end() }
        self.context.interrupts.onSignal { signal in
            guard signal == SIGINT else { return false }
            if !interpreter.interrupt(signal: signal) { editor.interrupt() }
            return true
        }
        if !command.global.quiet {
            context.note("skafka \(Version.number): help lists the commands, Ctrl-D ends")
        }
        await interpreter.connect()
        var pending = ""
        while !interpreter.isEnded, !context.interrupts.isInterrupted {
            let prompt = pending.isEmpty ? prompt(interpreter.topic) : "> "
            switch try await thread.run({ editor.readLine(prompt) }) {
            case .ended: interpreter.end()
            case .interrupted: pending = ""
            case .text(let line):
                pending = await take(pending + line, interpreter) { text in
                    let lines = [text.split(separator: "\n").joined(separator: " ")]
                    if ShellHistory.keeps(text) {
                        editor.remember(lines)
                        history.append(lines[0])
                    }
                }
            }
        }
        if let status = interpreter.askedStatus, status != .done {
            throw CommandFailure.reported(status)
        }
    }

    /// Runs a line.
    ///
    /// - Returns: what of it is not finished.
    private func take(
        _ text: String, _ interpreter: ShellInterpreter, remember: (String) -> Void
    ) async -> String {
        guard !text.allSatisfy(\.isWhitespace) else { return "" }
        guard text.utf8.count <= ShellRun.maxTextBytes else {
            context.complain("a command longer than \(ShellRun.maxTextBytes) bytes")
            return ""
        }
        var parser = ShellParser(text, home: context.environment["HOME"])
        var statements: [ShellStatement] = []
        do {
            while let statement = try parser.next() { statements.append(statement) }
        } catch .incomplete {
            return text + "\n"
        } catch {
            remember(text)
            context.complain(error.message)
            return ""
        }
        remember(text)
        for statement in statements where !interpreter.isEnded {
            guard case .signal = await interpreter.run(statement) else { continue }
            // The terminal shows ^C; the prompt stands under it.
            context.note("")
            break
        }
        return ""
    }

    /// With the topic in use. What is not printed is marked, so that readline counts right.
    private func prompt(_ topic: String?) -> String {
        let text = "skafka\(topic.map { " \($0)" } ?? "")>"
        let colors = context.errorColors
        return colors.isOn ? "\u{01}\u{1B}[1m\u{02}\(text)\u{01}\u{1B}[0m\u{02} " : "\(text) "
    }
}

/// The lines of a descriptor, one at a time, on a thread that may block until somebody wakes it.
private final class InputLines: @unchecked Sendable {
    private let reader: BlockReader
    private let wake: WakePipe
    private var splitter = RecordSplitter(delimiter: [UInt8(ascii: "\n")])

    init(_ reader: BlockReader, _ wake: WakePipe) {
        self.reader = reader
        self.wake = wake
    }

    /// The next line with its end; nil when there is none, or after a wake-up.
    ///
    /// - Throws: `CommandFailure`.
    func next() throws -> String? {
        while true {
            if let length = splitter.next(in: reader.unread) { return take(length + 1) }
            guard wake.wait(for: reader.descriptor, timeoutMs: -1) == .readable else { return nil }
            switch reader.fill() {
            case .read: continue
            case .ended:
                return reader.unread.isEmpty ? nil : take(reader.unread.count) + "\n"
            case .full: throw CommandFailure.usage("a line of standard input is too long")
            case .failed(let code):
                throw CommandFailure.failed(
                    "cannot read standard input: \(systemErrorText(code))")
            }
        }
    }

    private func take(_ length: Int) -> String {
        let line = String(decoding: reader.unread[..<length], as: UTF8.self)
        reader.consume(length)
        splitter.consumed()
        return line
    }
}
