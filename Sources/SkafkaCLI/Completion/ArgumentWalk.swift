/// Goes over the words of a command as its parser will, so far that it is known what comes next.
struct ArgumentWalk {
    /// The option whose value comes next.
    private(set) var pending: CommandArgument?
    private(set) var positionalCount = 0
    /// Whether `--` was there: everything is positional.
    private(set) var isTerminated = false
    /// The names of options and flags that were there, as they were written.
    private(set) var given: Set<String> = []

    init(_ words: some Sequence<String>, of command: CommandTree) {
        for word in words { take(word, command) }
    }

    private mutating func take(_ word: String, _ command: CommandTree) {
        if pending != nil {
            pending = nil
        } else if isTerminated || !word.hasPrefix("-") || word == "-" {
            positionalCount += 1
        } else if word == "--" {
            isTerminated = true
        } else if let argument = command.option(named: word) {
            given.insert(word)
            if argument.kind == .option { pending = argument }
        } else if word.hasPrefix("--") {
            given.insert(String(word.prefix { $0 != "=" }))
        } else {
            takeJoined(word.dropFirst(), command)
        }
    }

    /// `-tNAME`, or `-qv`, or `-et NAME`.
    private mutating func takeJoined(_ letters: Substring, _ command: CommandTree) {
        for index in letters.indices {
            let name = "-\(letters[index])"
            guard let argument = command.option(named: name) else { return }
            given.insert(name)
            guard argument.kind == .option else { continue }
            if letters.index(after: index) == letters.endIndex { pending = argument }
            return
        }
    }
}
