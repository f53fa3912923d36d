/// How a command is called, from the `usage` of its definition: words in capitals are arguments,
/// brackets hold what may be left out.
struct ManualSynopsis {
    private let command: CommandTree
    private let root: String

    init(_ command: CommandTree, root: String) {
        self.command = command
        self.root = root
    }

    func append(to text: inout ManualText) {
        let path = ([root] + command.path).joined(separator: " ")
        text.macro("Nm \(ManualText.escaped(path))")
        let usage = command.usage ?? "\(path) [options]"
        let rest = usage.hasPrefix(path) ? usage.dropFirst(path.count) : usage[...]
        var line: [String] = []
        var depth = 0
        for part in ManualSynopsis.parts(of: rest) {
            // Alternatives, and what stands in brackets, stay together.
            if depth == 0, part != .or, line.last != "|", !line.isEmpty {
                text.macro(line.joined(separator: " "))
                line = []
            }
            switch part {
            case .open: depth += 1
            case .close: depth -= 1
            default: break
            }
            line.append(part.macros)
        }
        if !line.isEmpty { text.macro(line.joined(separator: " ")) }
    }

    /// `--topic` as a macro has it.
    static func flag(_ name: String) -> String {
        "Fl \(ManualText.escaped(String(name.dropFirst())))"
    }

    private enum Part: Equatable {
        case open(Character)
        case close(Character)
        /// `|`
        case or
        case word(String)

        var macros: String {
            switch self {
            case .open("["): "Oo"
            case .open: "Po"
            case .close("]"): "Oc"
            case .close: "Pc"
            case .or: "|"
            case .word(let word): ManualSynopsis.macros(of: word)
            }
        }
    }

    /// Brackets within a word, as in `TOPIC[:0,1]`, are the word's.
    private static func parts(of usage: Substring) -> [Part] {
        var parts: [Part] = []
        var word = ""
        var isBracketed = false
        func endWord() {
            if !word.isEmpty { parts.append(.word(word)) }
            word = ""
        }
        for character in usage {
            switch character {
            case " ": endWord()
            case "|":
                endWord()
                parts.append(.or)
            case "[" where word.isEmpty, "(" where word.isEmpty: parts.append(.open(character))
            case "[": (word, isBracketed) = (word + "[", true)
            case "]" where isBracketed: (word, isBracketed) = (word + "]", false)
            case "]", ")":
                endWord()
                parts.append(.close(character))
            case "'": break
            default: word.append(character)
            }
        }
        endWord()
        return parts
    }

    private static func macros(of word: String) -> String {
        if word.hasPrefix("-"), word.count > 1 { return flag(word) }
        let isRepeated = word.hasSuffix("…") && word.count > 1
        let name = isRepeated ? String(word.dropLast()) : word
        let isLiteral = name != "options" && !name.contains(where: \.isUppercase)
        let text = ManualText.escaped(name.lowercased())
        return "\(isLiteral ? "Cm" : "Ar") \(text)\(isRepeated ? " ..." : "")"
    }
}
