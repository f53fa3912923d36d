internal import ArgumentParser

/// A command that does something (those that only gather others do not conform).
protocol SkafkaCommand: ParsableCommand {
    /// The options that every command has.
    var global: GlobalOptions { get }

    /// Does the work.
    ///
    /// - Throws: `CommandFailure`, or an error of the modules below, which
    ///   `CommandFailure.init(_:)` translates.
    func execute(in context: CommandContext) async throws
}

/// Help texts are laid out by hand: examples stand before the options.
enum Help {
    /// The text under a command's first line.
    static func examples(_ lines: String, _ rest: String = "") -> String {
        let indented = lines.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
        return "Examples:\n" + indented + (rest.isEmpty ? "" : "\n\n" + rest)
    }
}
