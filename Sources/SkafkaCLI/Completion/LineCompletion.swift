/// What Tab offers for a line of the shell.
///
/// A pure function of the line, the commands and two sources of names, so that it is tested without
/// a terminal and without a cluster. Commands, options and their values come from the one
/// definition; what lives in the cluster comes from the definition's own closures.
struct LineCompletion {
    /// Asks a closure of the definition.
    struct LiveRequest: Equatable {
        /// The words that name the command.
        var path: [String]
        /// As the parser names it: `--topic`, `positional@0`.
        var argument: String
        /// The command's words, and the one that is completed.
        var words: [String]
        var prefix: String
    }

    struct Sources {
        var live: (LiveRequest) -> [String]
        /// The files whose path begins so; directories end with a slash.
        var files: (_ prefix: String, _ directoriesOnly: Bool) -> [String]
    }

    struct Result: Equatable {
        /// The word that is completed, where it stands, and what of it is there.
        var word: ShellLexer.Word
        /// Values of the whole word, sorted.
        var candidates: [String]
    }

    /// The words that the shell itself knows.
    static let builtins = ["exit", "help", "quit", "use"]

    let tree: CommandTree
    let sources: Sources

    /// - Parameter line: up to the cursor.
    func complete(_ line: [UInt8], home: String? = nil) -> Result {
        var lexer = ShellLexer(line, home: home)
        var words: [ShellLexer.Word] = []
        var takesFile = false
        var isPiped = false
        while let token = lexer.next() {
            switch token {
            case .word(let word):
                if word.range.upperBound == line.count || !takesFile { words.append(word) }
                takesFile = takesFile && word.range.upperBound == line.count
            case .input, .output: takesFile = true
            case .pipe: isPiped = true
            case .end:
                words = []
                (takesFile, isPiped) = (false, false)
            }
        }
        var current = ShellLexer.Word(text: "", range: line.count..<line.count)
        if let last = words.last, last.range.upperBound == line.count {
            current = last
            words.removeLast()
        }
        let candidates =
            takesFile || isPiped
            ? sources.files(current.text, false)
            : candidates(words.map(\.text), current.text)
        return Result(word: current, candidates: Array(Set(candidates)).sorted())
    }

    private func candidates(_ words: [String], _ current: String) -> [String] {
        var words = words[...]
        if words.first == "skafka" { words = words.dropFirst() }
        switch words.first {
        case nil:
            return matching(current, tree.visibleSubcommands.map(\.name) + LineCompletion.builtins)
        case "exit", "quit": return []
        case "help":
            let (command, rest) = tree.command(of: words.dropFirst())
            return rest.isEmpty ? matching(current, command.visibleSubcommands.map(\.name)) : []
        case "use":
            let request = LiveRequest(
                path: ["consume"], argument: "positional@0", words: [current], prefix: current)
            return words.count == 1 ? matching(current, sources.live(request)) : []
        default: break
        }
        let hoisted = GlobalOptionHoisting.hoist(Array(words))
        let (command, rest) = tree.command(of: hoisted[...])
        if !command.subcommands.isEmpty {
            return rest.isEmpty ? matching(current, command.visibleSubcommands.map(\.name)) : []
        }
        return candidates(of: command, rest, current)
    }

    private func candidates(
        of command: CommandTree, _ words: ArraySlice<String>, _ current: String
    ) -> [String] {
        let walk = ArgumentWalk(words, of: command)
        if let option = walk.pending {
            return values(of: option, command, words, current, option.names.last ?? "")
        }
        if !walk.isTerminated, current.hasPrefix("-") {
            guard let equals = current.firstIndex(of: "="), current.hasPrefix("--") else {
                return matching(current, names(of: command, besides: walk.given))
            }
            let name = String(current[..<equals])
            guard let option = command.option(named: name), option.kind == .option else {
                return []
            }
            let value = String(current[current.index(after: equals)...])
            return values(of: option, command, words, value, name).map { "\(name)=\($0)" }
        }
        let positionals = command.positionals
        var index = walk.positionalCount
        if index >= positionals.count, positionals.last?.isRepeating == true {
            index = positionals.count - 1
        }
        guard index < positionals.count else {
            return current.isEmpty ? names(of: command, besides: walk.given) : []
        }
        return values(of: positionals[index], command, words, current, "positional@\(index)")
    }

    private func values(
        of argument: CommandArgument, _ command: CommandTree, _ words: ArraySlice<String>,
        _ current: String, _ name: String
    ) -> [String] {
        switch argument.candidates {
        case .none: return []
        case .values(let values): return matching(current, values)
        case .files: return sources.files(current, false)
        case .directories: return sources.files(current, true)
        case .live:
            let request = LiveRequest(
                path: command.path, argument: name, words: Array(words) + [current],
                prefix: current)
            return matching(current, sources.live(request))
        }
    }

    /// The options that may still come, by their long names where they have one.
    private func names(of command: CommandTree, besides given: Set<String>) -> [String] {
        command.arguments.filter { argument in
            argument.kind != .positional && !argument.isHidden
                && (argument.isRepeating || given.isDisjoint(with: argument.names))
        }.flatMap { argument in
            let long = argument.names.filter { $0.hasPrefix("--") }
            return long.isEmpty ? argument.names : long
        }
    }

    private func matching(_ prefix: String, _ names: [String]) -> [String] {
        names.filter { $0.hasPrefix(prefix) }
    }
}
