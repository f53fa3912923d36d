internal import Platform

/// kcat has flags in place of commands: `-C -b host -t orders` stands for `consume -b host -t
/// orders`, so that a link to skafka that is called kcat does what its users mean.
///
/// Asked only about command lines that begin with none of the commands.
enum KcatForm {
    /// What a letter of kcat's has for a value, by getopt(3): in the same word or the next one.
    private static let withValue = Set("GtpbzoDKkHdFXcfsrmM")

    /// The words as skafka has them; nil when they are none of kcat's.
    ///
    /// - Parameter isInputTerminal: what decides where a topic is named and no mode.
    /// - Throws: `CommandFailure` of status `usage` for queries that are none of skafka's.
    static func rewritten(
        _ words: [String], isInputTerminal: @autoclosure () -> Bool = isatty(STDIN_FILENO) == 1
    ) throws(CommandFailure) -> [String]? {
        if words == ["-V"] { return ["--version"] }
        let (named, options) = split(words)
        let hasTopic = options.contains { $0.letter == "t" && $0.words.count == 2 }
        guard let mode = named ?? (hasTopic ? isInputTerminal() ? "C" : "P" : nil) else {
            return nil
        }
        // What kcat calls -d says what librdkafka tells about.
        let kept = options.filter { $0.letter != "d" && !"CPLQ".contains($0.letter) }
        let rest = kept.flatMap(\.words)
        switch mode {
        case "C", "G": return ["consume"] + rest
        case "P": return ["produce"] + rest
        case "L":
            return ["topics", "describe"]
                + kept.flatMap { $0.letter == "J" ? ["--json"] : $0.words }
        default:
            let queries = kept.filter { $0.letter == "t" }
            let parts = (queries.first?.words.last ?? "").split(separator: ":")
            guard queries.count == 1, parts.count == 3 else {
                throw .usage("a query is -t TOPIC:PARTITION:MS, one at a time")
            }
            return ["offsets", "get"] + kept.filter { $0.letter != "t" }.flatMap(\.words)
                + [String(parts[0]), "-p", String(parts[1]), "--time", String(parts[2])]
        }
    }

    private struct Option {
        /// A blank for what is no option.
        var letter: Character
        var words: [String]
    }

    private static func split(_ words: [String]) -> (mode: Character?, options: [Option]) {
        var mode: Character?
        var options: [Option] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word.count > 1, !word.hasPrefix("--") else {
                options.append(Option(letter: " ", words: [word]))
                guard word == "--" else { continue }
                options.append(Option(letter: " ", words: Array(rest)))
                break
            }
            var letters = word.dropFirst()
            while let letter = letters.popFirst() {
                if "CPLQG".contains(letter), mode == nil { mode = letter }
                guard withValue.contains(letter) else {
                    options.append(Option(letter: letter, words: ["-\(letter)"]))
                    continue
                }
                let value = letters.isEmpty ? rest.popFirst() : String(letters)
                options.append(
                    Option(letter: letter, words: ["-\(letter)"] + (value.map { [$0] } ?? [])))
                break
            }
        }
        return (mode, options)
    }
}
