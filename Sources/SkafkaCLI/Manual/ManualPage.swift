internal import KafkaBroker

/// The manual page of a command, in mdoc(7): skafka(1), or that of one command with all of its
/// subcommands. Rendered from the commands' definition; only what no command can know of itself
/// stands in `ManualProse`.
struct ManualPage {
    private let root: CommandTree
    private let command: CommandTree

    /// - Parameters:
    ///   - root: all commands.
    ///   - command: the one that the page is about; the root itself for skafka(1).
    init(_ command: CommandTree, in root: CommandTree) {
        self.root = root
        self.command = command
    }

    /// All pages there are to be.
    static func all(of root: CommandTree) -> [ManualPage] {
        ([root] + root.visibleSubcommands).map { ManualPage($0, in: root) }
    }

    /// `skafka-topics`
    var name: String { ManualPage.name(of: command, in: root) }

    private static func name(of command: CommandTree, in root: CommandTree) -> String {
        ([root.name] + command.path).joined(separator: "-")
    }

    private var isRoot: Bool { command.path.isEmpty }

    /// The commands that do something, in the page's order.
    private var leaves: [CommandTree] {
        if isRoot { return [] }
        return command.subcommands.isEmpty ? [command] : command.visibleSubcommands
    }

    func rendered() -> String {
        var text = ManualText()
        text.macro("\\\" Generated from the definition of the commands: make docs. Do not edit.")
        text.macro("Dd \(ManualProse.date)")
        text.macro("Dt \(name.uppercased()) 1")
        text.macro("Os")
        appendName(to: &text)
        appendSynopsis(to: &text)
        appendDescription(to: &text)
        if isRoot {
            appendCommands(to: &text)
            appendCommonOptions(to: &text)
            appendClientSettings(to: &text)
            ManualProse.appendHabits(to: &text)
            ManualProse.appendEnvironment(to: &text)
            ManualProse.appendFiles(to: &text)
        }
        if command.name == "topics" {
            appendSettings("Settings of topics", TopicSettings.definitions, to: &text)
        }
        if command.name == "broker" { appendBrokerSettings(to: &text) }
        ManualProse.appendExitStatus(to: &text, of: command)
        appendExamples(to: &text)
        appendSeeAlso(to: &text)
        return text.text
    }

    // MARK: Sections

    private func appendName(to text: inout ManualText) {
        text.macro("Sh NAME")
        text.macro("Nm \(name)")
        text.macro("Nd \(ManualPage.withoutPoint(command.abstract))")
    }

    /// `What topics there are.` as a line of whatis(1).
    private static func withoutPoint(_ abstract: String) -> String {
        var line = abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract
        if let first = line.first, line.dropFirst().first?.isUppercase != true {
            line = first.lowercased() + line.dropFirst()
        }
        return ManualText.escaped(line)
    }

    private func appendSynopsis(to text: inout ManualText) {
        text.macro("Sh SYNOPSIS")
        guard !isRoot else {
            text.macro("Nm \(root.name)")
            text.macro("Ar command")
            text.macro("Op Ar options")
            return
        }
        for leaf in leaves {
            ManualSynopsis(leaf, root: root.name).append(to: &text)
        }
    }

    private func appendDescription(to text: inout ManualText) {
        text.macro("Sh DESCRIPTION")
        text.prose(command.abstract)
        if !command.remarks.isEmpty {
            text.macro("Pp")
            text.prose(command.remarks)
        }
        guard !isRoot else { return }
        text.macro("Pp")
        text.prose("The options that all commands have are described in")
        text.macro("Xr \(root.name) 1 .")
        for leaf in leaves {
            if leaf.path != command.path {
                text.macro("Ss \(ManualText.escaped(leaf.path.joined(separator: " ")))")
                text.prose(leaf.abstract)
                if !leaf.remarks.isEmpty {
                    text.macro("Pp")
                    text.prose(leaf.remarks)
                }
            }
            appendArguments(leaf.arguments.filter { !$0.isCommon && !$0.isParsersOwn }, to: &text)
        }
    }

    private func appendCommands(to text: inout ManualText) {
        text.macro("Ss Commands")
        text.macro("Bl -tag -width Ds")
        for child in root.visibleSubcommands {
            text.macro("It Xr \(ManualPage.name(of: child, in: root)) 1")
            text.prose(child.abstract)
        }
        text.macro("El")
    }

    private func appendCommonOptions(to text: inout ManualText) {
        text.macro("Ss Options of all commands")
        let some = root.visibleSubcommands.first { $0.subcommands.isEmpty }
        let common = (some?.arguments ?? []).filter { $0.isCommon || $0.isParsersOwn }
        appendArguments(common, to: &text)
    }

    private func appendArguments(_ arguments: [CommandArgument], to text: inout ManualText) {
        let shown = arguments.filter { !$0.isHidden && !$0.abstract.isEmpty }
        guard !shown.isEmpty else { return }
        text.macro("Bl -tag -width Ds")
        for argument in shown {
            let value = ManualText.escaped(argument.valueName)
            switch argument.kind {
            case .positional: text.macro("It Ar \(value)")
            case .option:
                let names = argument.names.map { "\(ManualSynopsis.flag($0)) Ar \(value)" }
                text.macro("It \(names.joined(separator: " , "))")
            case .flag:
                text.macro("It \(argument.names.map(ManualSynopsis.flag).joined(separator: " , "))")
            }
            text.prose(argument.abstract)
            if let standard = argument.defaultValue { text.prose("(default: \(standard))") }
        }
        text.macro("El")
    }

    private func appendExamples(to text: inout ManualText) {
        let commands = [command] + leaves.filter { $0.path != command.path }
        let examples = commands.map(\.examples).filter { !$0.isEmpty }
        guard !examples.isEmpty else { return }
        text.macro("Sh EXAMPLES")
        text.literal(Array(examples.joined(separator: [""])))
    }

    private func appendSeeAlso(to text: inout ManualText) {
        text.macro("Sh SEE ALSO")
        let pages = ManualPage.all(of: root).map(\.name).filter { $0 != name }.sorted()
        for (index, page) in pages.enumerated() {
            text.macro("Xr \(page) 1\(index < pages.count - 1 ? " ," : "")")
        }
    }
}
