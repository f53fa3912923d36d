internal import KafkaBase
internal import Platform

/// What a command has from outside: streams, environment, clock, and the way to its end.
struct CommandContext: Sendable {
    var environment: [String: String]
    var clock = KafkaClock.system
    var inputDescriptor: Int32 = STDIN_FILENO
    var outputDescriptor: Int32 = STDOUT_FILENO
    var errorDescriptor: Int32 = STDERR_FILENO
    var interrupts = InterruptCenter()
    var closing = ClosingActions()
    /// The connections that the commands of a shell share; nil for a command by itself.
    var sessions: SharedSessions?
    /// `--color` of the command that runs.
    var color = ColorChoice.auto
    /// Where the client runs.
    let clientLoop = ClientEventLoop()

    init(environment: [String: String]) {
        self.environment = environment
    }

    var isInputTerminal: Bool { isatty(inputDescriptor) == 1 }
    var isOutputTerminal: Bool { isatty(outputDescriptor) == 1 }
    var isErrorTerminal: Bool { isatty(errorDescriptor) == 1 }

    /// A buffer for standard output.
    func makeOutput(capacityBytes: Int = OutputBuffer.defaultCapacityBytes) -> OutputBuffer {
        OutputBuffer(descriptor: outputDescriptor, capacityBytes: capacityBytes)
    }

    /// One line on standard error, `skafka: ` in front.
    func complain(_ message: String) {
        ErrorStream(descriptor: errorDescriptor).line("\(errorColors.red("skafka:")) \(message)")
    }

    /// How standard error is coloured.
    var errorColors: TerminalColors {
        TerminalColors(color, isTerminal: isErrorTerminal, environment: environment)
    }

    /// One line on standard error as it is.
    func note(_ message: String) {
        ErrorStream(descriptor: errorDescriptor).line(message)
    }

    /// The process's environment.
    static func processEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        var cursor = environ
        while let entry = cursor.pointee {
            let text = String(cString: entry)
            if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                result[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
            }
            cursor += 1
        }
        return result
    }
}
