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
        for part in ManualSynopsis.parts(of: rest) {
            text.macro(part.isOptional ? "Op \(part.words)" : part.words)
        }
    }

    /// `--topic` as a macro has it.
    static func flag(_ name: String) -> String {
        "Fl \(ManualText.escaped(String(name.dropFirst())))"
    }

    /// What stands in brackets as one, else word by word.
    private static func parts(of usage: Substring) -> [(words: String, isOptional: Bool)] {
        var parts: [(words: String, isOptional: Bool)] = []
        var word = ""
        var depth = 0
        for character in usage + " " {
            if character == "[" {
                depth += 1
                if depth == 1, word.isEmpty { continue }
            }
            if character == "]" {
                depth -= 1
                if depth == 0, !word.contains("[") {
                    parts.append((macros(of: word), true))
                    word = ""
                    continue
                }
            }
            if character == " ", depth == 0 {
                if !word.isEmpty { parts.append((macros(of: word), false)) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return parts
    }

    private static func macros(of words: String) -> String {
        words.split(separator: " ").map { word in
            if word == "|" { return "|" }
            if word.hasPrefix("-"), word.count > 1 { return flag(String(word)) }
            let isRepeated = word.hasSuffix("…") && word.count > 1
            let name = ManualText.escaped((isRepeated ? word.dropLast() : word).lowercased())
            return "Ar \(name)\(isRepeated ? " ..." : "")"
        }.joined(separator: " ")
    }
}
