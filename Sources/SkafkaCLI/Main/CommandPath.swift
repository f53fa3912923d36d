internal import ArgumentParser
internal import KafkaBase

/// Parses a command line with as little of the parser as it takes.
///
/// Parsing from the root looks at every command on the way, and building a command's options costs
/// the runtime more than the rest of a short command's start. So the words that name a command are
/// followed by hand, and that command alone parses the rest. Whatever is not plain (help, errors,
/// a version, no command) is left to the root, whose messages know the whole path. The commands'
/// `_superCommandName` spares them the look for a request of completions, which the root answers.
/// What is refused gets a second look, see `GetoptForm` and `ForeignOptions`.
enum CommandPath {
    static func parse(_ words: [String]) throws -> any ParsableCommand {
        let (command, depth) = resolve(words)
        if let parsed = plain(command, words[depth...]) { return parsed }
        if let unknown = unknown(words[depth...], of: command, behind: words[..<depth]) {
            throw unknown
        }
        if depth == 0, let rewritten = try KcatForm.rewritten(words) {
            return try parse(rewritten)
        }
        do {
            return try Skafka.parseAsRoot(words)
        } catch {
            guard command.configuration.subcommands.isEmpty,
                !Skafka.exitCode(for: error).isSuccess
            else { throw error }
            return try lookAgain(at: words[depth...], of: command, behind: Array(words[..<depth]))
        }
    }

    private static func lookAgain(
        at rest: ArraySlice<String>, of command: any ParsableCommand.Type, behind path: [String]
    ) throws -> any ParsableCommand {
        let tree = CommandTree(of: command, path: path)
        let rewritten = try ForeignOptions.translated(
            GetoptForm.rewritten(rest, of: tree), of: tree)
        if let parsed = plain(command, rewritten[...]) { return parsed }
        return try Skafka.parseAsRoot(path + rewritten)
    }

    /// Nil for what is not plain.
    private static func plain(
        _ command: any ParsableCommand.Type, _ words: ArraySlice<String>
    ) -> (any SkafkaCommand)? {
        guard command.configuration.subcommands.isEmpty else { return nil }
        return try? command.parseAsRoot(Array(words)) as? any SkafkaCommand
    }

    /// The command that the first words name, and how many they are.
    static func resolve(_ words: [String]) -> (command: any ParsableCommand.Type, depth: Int) {
        var command: any ParsableCommand.Type = Skafka.self
        var depth = 0
        while depth < words.count,
            let next = command.configuration.subcommands.first(where: {
                $0.configuration.commandName == words[depth]
            })
        {
            command = next
            depth += 1
        }
        return (command, depth)
    }

    /// What to say of a word where a command is expected: the parser only calls it an argument.
    private static func unknown(
        _ rest: ArraySlice<String>, of command: any ParsableCommand.Type,
        behind path: ArraySlice<String>
    ) -> CommandFailure? {
        let names = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard !names.isEmpty, let word = rest.first, !word.hasPrefix("-"), word != "help" else {
            return nil
        }
        let full = { (name: String) in (path + [name]).joined(separator: " ") }
        let hint =
            NearestName.of(word, among: names).map { "did you mean '\(full($0))'? " }
            ?? (path.isEmpty ? "" : "there are \(names.joined(separator: ", ")); ")
        let help = (["skafka"] + path + ["--help"]).joined(separator: " ")
        return .usage("unknown command '\(full(word))'; \(hint)see '\(help)'")
    }
}
