/// Command lines as getopt(3) takes them, where the parser does not: a value that begins with a
/// dash and a digit, and a value in the same word as flags, `-eqc1` and `-qPt topic`.
///
/// Asked only about words that the parser refused, since it reads the definition of the command.
enum GetoptForm {
    /// The words in a form that the parser takes; what is not understood stays as it is.
    ///
    /// - Parameter words: behind those that name the command.
    static func rewritten(_ words: some Sequence<String>, of command: CommandTree) -> [String] {
        var result: [String] = []
        /// Whether the last word is an option whose value comes next.
        var wantsValue = false
        var isTerminated = false
        for word in words {
            if isTerminated {
                result.append(word)
            } else if wantsValue {
                wantsValue = false
                if isNegative(word), let option = result.popLast() {
                    result.append(option + (option.hasPrefix("--") ? "=" : "") + word)
                } else {
                    result.append(word)
                }
            } else if word == "--" {
                isTerminated = true
                result.append(word)
            } else {
                result += split(word, command)
                wantsValue = result.last.flatMap { kind(of: $0, command) } == .option
            }
        }
        return result
    }

    /// Also of options that others have (`ForeignOptions`).
    private static func kind(
        of name: String, _ command: CommandTree
    ) -> CommandArgument.Kind? {
        if let own = command.option(named: name) { return own.kind }
        return switch ForeignOptions.meaning(of: name, nil, command) {
        case .value: .option
        case .flag: .flag
        case .refused, nil: nil
        }
    }

    private static func isNegative(_ word: String) -> Bool {
        let rest = word.utf8.dropFirst()
        guard word.hasPrefix("-"), let first = rest.first else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
            || first == UInt8(ascii: ".")
    }

    /// `-eqc1` is `-e -q -c1`.
    private static func split(_ word: String, _ command: CommandTree) -> [String] {
        let letters = word.dropFirst()
        guard word.hasPrefix("-"), !word.hasPrefix("--"), letters.count > 1 else { return [word] }
        var words: [String] = []
        for index in letters.indices {
            let name = "-\(letters[index])"
            guard let kind = kind(of: name, command) else { return [word] }
            guard kind == .option else {
                words.append(name)
                continue
            }
            return words + [name + letters[letters.index(after: index)...]]
        }
        return words
    }
}
