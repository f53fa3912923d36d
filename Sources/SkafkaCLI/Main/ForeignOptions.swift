/// Options of Kafka's scripts, of kcat and of its like that have another name here, or none: the
/// former are translated, the latter refused with what to write instead.
///
/// Asked only about command lines that the parser refused, so that none of this is to be built
/// where nobody needs it. What both spell alike stands in the definition of the commands.
enum ForeignOptions {
    enum Meaning: Equatable {
        /// It has no value; these words stand for it.
        case flag([String])
        /// It has a value, which stands where `%` is in these words.
        case value([String])
        case refused(String)
    }

    /// The words in skafka's spelling.
    ///
    /// - Parameters:
    ///   - words: behind those that name the command, each value in a word of its own or joined to
    ///     its option.
    ///   - command: by the words that name it.
    /// - Throws: `CommandFailure` of status `usage` for an option that there is not.
    static func translated(
        _ words: [String], of command: CommandTree
    ) throws(CommandFailure) -> [String] {
        var result: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" { return result + [word] + rest }
            let (name, joined) = parts(word)
            let known = command.option(named: name)
            switch meaning(of: name, joined ?? rest.first, command) {
            case .flag(let words): result += words
            case .value(let words):
                guard let value = joined ?? rest.popFirst() else {
                    throw .usage("missing value for '\(name)'")
                }
                result += words.map { $0.replacing("%", with: value, maxReplacements: 1) }
            case .refused(let reason): throw .usage("there is no \(name) here: \(reason)")
            case nil:
                result.append(word)
                if joined == nil, known?.kind == .option, let value = rest.popFirst() {
                    result.append(value)
                }
            }
        }
        return result
    }

    /// `--name=value` and `-nvalue` in two.
    private static func parts(_ word: String) -> (name: String, value: String?) {
        guard word.hasPrefix("-") else { return (word, nil) }
        if word.hasPrefix("--") {
            guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
            return (String(word[..<equals]), String(word[word.index(after: equals)...]))
        }
        let name = word.prefix(2)
        return (String(name), word.count > 2 ? String(word.dropFirst(2)) : nil)
    }

    /// What an option stands for; nil for one that is the command's own, or nobody's.
    static func meaning(
        of name: String, _ value: String?, _ command: CommandTree
    ) -> Meaning? {
        guard name.hasPrefix("-") else { return nil }
        let path = command.path.joined(separator: " ")
        if let special = special(name, value, path) { return special }
        // The command's own options go before what others mean by the name.
        guard command.option(named: name) == nil else { return nil }
        return byCommand[path]?[name] ?? everywhere[name]
    }

    /// Where the value decides.
    private static func special(_ name: String, _ value: String?, _ path: String) -> Meaning? {
        switch (path, name) {
        // Kafka's tools count ms.
        case ("produce", "--timeout") where isNumber(value): .value(["--setting", "linger.ms=%"])
        case (_, "--timeout") where isNumber(value): .value(["--timeout", "%ms"])
        case ("produce", "--compression-codec") where value?.hasPrefix("-") ?? true:
            .flag(["--compression-codec", "gzip"])
        case ("produce", "--line-reader"):
            value?.hasSuffix("LineMessageReader") == true
                ? .value([])
                : .refused("classes are not loaded; --property, -f and -J read records")
        case ("consume", "--formatter"): formatter(value ?? "")
        case ("topics elect", "--election-type"):
            switch value?.lowercased() {
            case "preferred": .value([])
            case "unclean": .value(["--unclean"])
            default: .refused("an election is preferred, or --unclean")
            }
        default: nil
        }
    }

    private static func formatter(_ name: String) -> Meaning {
        let name = name.split { $0 == "." || $0 == "$" }.last ?? ""
        return switch name {
        case "DefaultMessageFormatter": .value(["--property", "print.value=true"])
        case "NoOpMessageFormatter": .value(["--format", ""])
        case "OffsetsMessageFormatter", "GroupMetadataMessageFormatter",
            "TransactionLogMessageFormatter":
            .refused(
                """
                'skafka offsets committed', 'skafka groups describe' and 'skafka txn list' show \
                what internal topics hold, 'skafka dump-segment' decodes their files
                """)
        default: .refused("classes are not loaded; -f, -J and --property show records")
        }
    }

    /// In ms, that is: not as `5s`.
    private static func isNumber(_ value: String?) -> Bool {
        guard let value, !value.isEmpty else { return false }
        return value.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
