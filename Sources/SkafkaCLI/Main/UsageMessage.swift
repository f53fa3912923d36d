internal import KafkaBase

/// Makes one line of the argument parser's message.
enum UsageMessage {
    /// What went wrong; where to read on.
    ///
    /// - Parameters:
    ///   - message: the message alone.
    ///   - full: the parser's whole text, whose last line names the command's help.
    static func oneLine(message: String, full: String) -> String {
        let lines = message.split(separator: "\n").map { line in
            String(line.drop(while: { $0 == " " }))
        }
        var text = lines.joined(separator: " ")
        if text.hasPrefix("Error: ") { text.removeFirst("Error: ".count) }
        if text.hasSuffix(".") { text.removeLast() }
        if let first = text.first, first.isUppercase, !isWordInCapitals(text) {
            text = first.lowercased() + text.dropFirst()
        }
        if text.contains("is invalid for") {
            for hint in hints where text.contains(hint.value) { text += "; \(hint.text)" }
        }
        text = withoutFarNames(text)
        text = text.replacing(". Did you mean", with: "; did you mean", maxReplacements: 1)
        return "\(text)\(text.hasSuffix("?") ? "" : ";") see '\(helpCommand(in: full))'"
    }

    /// How values are written of which the parser only says that they are invalid.
    private static let hints = [
        (value: "<duration>'", text: "write a number and ms, s, m, h or d, as 500ms"),
        (value: "<codec>'", text: "levels are gzip:1 to 9, lz4:1 to 17, zstd up to 22"),
    ]

    /// The parser finds options near to any other, as both begin with dashes.
    private static func withoutFarNames(_ text: String) -> String {
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[2] == ". Did you mean " else { return text }
        let names = [parts[1], parts[3]].map { String($0.drop(while: { $0 == "-" })) }
        return NearestName.isNear(names[0], names[1]) ? text : "\(parts[0])'\(parts[1])'"
    }

    private static func isWordInCapitals(_ text: String) -> Bool {
        text.prefix(while: { $0 != " " }).dropFirst().contains(where: \.isUppercase)
    }

    /// The parser writes `  See 'skafka produce --help' for more information.`
    private static func helpCommand(in full: String) -> String {
        for line in full.split(separator: "\n").reversed() {
            guard let quote = line.firstIndex(of: "'"), line.contains("--help") else { continue }
            let rest = line[line.index(after: quote)...]
            if let end = rest.firstIndex(of: "'") { return String(rest[..<end]) }
        }
        return "skafka --help"
    }
}
