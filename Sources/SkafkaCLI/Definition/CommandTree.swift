internal import ArgumentParser

/// The commands with all their arguments: what Tab offers and what the manual says come from it.
///
/// A value, read once from the parser's own description of the commands. That costs some ms, so
/// only the shell and the generator of the documents do it.
struct CommandTree: Sendable {
    /// The word that names the command.
    var name: String
    /// The words behind `skafka` that lead here; empty for the root.
    var path: [String]
    var abstract = ""
    /// How it is called, as `skafka topics list [--internal] [options]`; nil where nobody wrote it.
    var usage: String?
    /// The lines of the examples, without their indentation.
    var examples: [String] = []
    /// What stands under the examples.
    var remarks = ""
    var isHidden = false
    var arguments: [CommandArgument] = []
    var subcommands: [CommandTree] = []

    /// All commands of skafka.
    static let skafka = CommandTree(of: Skafka.self)

    /// The tree of a command as the parser describes it.
    ///
    /// - Parameter path: the words that lead to it.
    init(of root: any ParsableCommand.Type, path: [String] = []) {
        let description = JSONTree(root._dumpHelp())
        self.init(root, path: path, description["command"])
    }

    /// A tree that somebody makes up.
    init(name: String, path: [String] = []) {
        self.name = name
        self.path = path
    }

    private init(_ type: any ParsableCommand.Type, path: [String], _ description: JSONTree?) {
        let configuration = type.configuration
        name = configuration.commandName ?? description?["commandName"]?.text ?? ""
        self.path = path
        abstract = configuration.abstract
        usage = configuration.usage
        (examples, remarks) = Help.parts(of: configuration.discussion)
        isHidden = !configuration.shouldDisplay
        arguments = (description?["arguments"]?.elements ?? []).compactMap(CommandArgument.init)
        let descriptions = description?["subcommands"]?.elements ?? []
        subcommands = configuration.subcommands.map { subcommand in
            let name = subcommand.configuration.commandName ?? ""
            return CommandTree(
                subcommand, path: path + [name],
                descriptions.first { $0["commandName"]?.text == name })
        }
    }

    /// The command that words name, as far as they do, and the words behind it.
    func command(of words: ArraySlice<String>) -> (command: CommandTree, rest: ArraySlice<String>) {
        guard let word = words.first,
            let next = subcommands.first(where: { $0.name == word })
        else { return (self, words) }
        return next.command(of: words.dropFirst())
    }

    var visibleSubcommands: [CommandTree] { subcommands.filter { !$0.isHidden } }

    func option(named name: String) -> CommandArgument? {
        arguments.first { $0.names.contains(name) }
    }

    var positionals: [CommandArgument] { arguments.filter { $0.kind == .positional } }
}

/// An argument of a command.
struct CommandArgument: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case positional
        case option
        case flag
    }

    /// What Tab offers for the value.
    enum Candidates: Equatable, Sendable {
        case none
        case values([String])
        case files
        case directories
        /// What the definition's own closure says, which asks the cluster.
        case live
    }

    var kind: Kind
    /// With their dashes, as `-b` and `--bootstrap-server`; empty for a positional one.
    var names: [String] = []
    var valueName = ""
    var abstract = ""
    var defaultValue: String?
    var candidates = Candidates.none
    var isRepeating = false
    var isHidden = false
    /// Whether every command has it.
    var isCommon = false

    init(kind: Kind, names: [String] = [], valueName: String = "") {
        self.kind = kind
        self.names = names
        self.valueName = valueName
    }

    /// From the parser's description; nil for what is none of the three kinds.
    init?(_ description: JSONTree) {
        switch description["kind"]?.text {
        case "positional": kind = .positional
        case "option": kind = .option
        case "flag": kind = .flag
        default: return nil
        }
        for name in description["names"]?.elements ?? [] {
            guard let text = name["name"]?.text else { continue }
            names.append((name["kind"]?.text == "long" ? "--" : "-") + text)
        }
        valueName = description["valueName"]?.text ?? ""
        abstract = description["abstract"]?.text ?? ""
        defaultValue = description["defaultValue"]?.text
        isRepeating = description["isRepeating"]?.bool ?? false
        isHidden = description["shouldDisplay"]?.bool == false
        isCommon = description["sectionTitle"]?.text == GlobalOptions.title
        candidates = CommandArgument.candidates(description)
    }

    private static func candidates(_ description: JSONTree) -> Candidates {
        if let kind = description["completionKind"] {
            if kind["custom"] != nil { return .live }
            if kind["directory"] != nil { return .directories }
            if kind["file"] != nil { return .files }
            if let values = kind["list"]?["values"]?.elements {
                return .values(values.compactMap(\.text))
            }
        }
        let values = (description["allValues"]?.elements ?? []).compactMap(\.text)
        return values.isEmpty ? .none : .values(values)
    }

    /// `--help` and `--version`, which the parser adds to each command.
    var isParsersOwn: Bool { names.contains("--help") || names.contains("--version") }
}
