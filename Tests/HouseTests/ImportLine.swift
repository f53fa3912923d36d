/// The `import` declarations in a Swift file.
enum ImportLine {
    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "var", "let",
    ]

    /// The modules that a file imports, with their lines counted from 1.
    static func modules(in source: String) -> [(line: Int, module: String)] {
        var found: [(line: Int, module: String)] = []
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            for statement in line.split(separator: ";") {
                if let module = module(in: statement) { found.append((index + 1, module)) }
            }
        }
        return found
    }

    /// The module of one statement; nil where it is no import.
    static func module(in statement: Substring) -> String? {
        var words = statement.split { $0 == " " || $0 == "\t" }[...]
        while let word = words.first, word.hasPrefix("@") || modifiers.contains(word) {
            words.removeFirst()
        }
        guard words.popFirst() == "import" else { return nil }
        if let kind = words.first, kinds.contains(kind) { words.removeFirst() }
        return words.first.map { String($0.prefix { $0 != "." }) }
    }
}
