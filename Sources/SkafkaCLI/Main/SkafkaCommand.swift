internal import ArgumentParser

/// A command that does something (those that only gather others do not conform).
protocol SkafkaCommand: ParsableCommand {
    /// The options that every command has.
    var global: GlobalOptions { get }

    /// Whether it only asks the cluster and prints what it hears. Such a command runs on the
    /// client's event loop: no answer has to wake another thread.
    static var runsOnEventLoop: Bool { get }

    /// Does the work.
    ///
    /// - Throws: `CommandFailure`, or an error of the modules below, which
    ///   `CommandFailure.init(_:)` translates.
    func execute(in context: CommandContext) async throws
}

extension SkafkaCommand {
    static var runsOnEventLoop: Bool { false }
}

/// A command that only gathers others; alone it is a mistake.
protocol GatheringCommand: ParsableCommand {}

extension GatheringCommand {
    /// What is missing, with the words to choose from.
    static var missingCommand: CommandFailure {
        let name = configuration.commandName ?? ""
        let words = configuration.subcommands.compactMap { $0.configuration.commandName }
        return .usage(
            "no command given: \(words.joined(separator: ", ")); see 'skafka \(name) --help'")
    }
}

/// Help texts are laid out by hand: examples stand before the options.
enum Help {
    /// The text under a command's first line.
    ///
    /// Every start of the program makes some of these, so it goes over bytes.
    static func examples(_ lines: String, _ rest: String = "") -> String {
        let newline = UInt8(ascii: "\n")
        var text = Array("Examples:".utf8)
        var previous = newline
        text.append(newline)
        for byte in lines.utf8 {
            if previous == newline, byte != newline { text += "  ".utf8 }
            text.append(byte)
            previous = byte
        }
        return String(decoding: text, as: UTF8.self) + (rest.isEmpty ? "" : "\n\n" + rest)
    }

    /// The lines of the examples, and the text under them.
    static func parts(of discussion: String) -> (examples: [String], rest: String) {
        var lines = discussion.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.first == "Examples:" else { return ([], discussion) }
        lines.removeFirst()
        var examples: [String] = []
        while let line = lines.first, line.isEmpty || line.hasPrefix("  ") {
            lines.removeFirst()
            if line.isEmpty, lines.first?.hasPrefix("  ") != true { break }
            examples.append(String(line.dropFirst(2)))
        }
        return (examples, lines.joined(separator: "\n"))
    }
}
