/// Lines of source text with their indentation.
struct SourceText {
    private(set) var text = ""
    private var depth = 0

    /// Adds content of one or more lines, each indented.
    mutating func line(_ content: String) {
        for part in content.split(separator: "\n", omittingEmptySubsequences: false) {
            if !part.isEmpty { text += String(repeating: "    ", count: depth) + part }
            text += "\n"
        }
    }

    /// `header {`, the body one step deeper, and the closing brace. An `else` stands behind the
    /// brace that it follows.
    ///
    /// - Parameter closure: the signature behind the brace, where the block is a closure.
    mutating func block(
        _ header: String, closure: String? = nil, _ body: (inout SourceText) -> Void
    ) {
        let opening = header + " {" + (closure.map { " \($0) in" } ?? "")
        if header.hasPrefix("else"), text.hasSuffix("}\n") {
            text.removeLast()
            text += " " + opening + "\n"
        } else {
            line(opening)
        }
        depth += 1
        body(&self)
        depth -= 1
        line("}")
    }
}
