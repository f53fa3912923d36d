internal import ArgumentParser

/// Lets the global options stand before the command, or within its name: `skafka -d data topics
/// list`, `skafka topics -d data list`.
///
/// The parser knows them on the commands only, so they are moved behind the command's words.
enum GlobalOptionHoisting {
    private static let withValue: Set<String> = [
        "-b", "--bootstrap-server", "-d", "--data-dir", "-X", "--setting", "-F",
        "--command-config", "--profile", "--timeout", "--color",
    ]
    private static let flags: Set<String> = [
        "-q", "--quiet", "-v", "--verbose", "--json", "--plain",
    ]

    static func hoist(_ words: [String]) -> [String] {
        KafkaToolForm.rewritten(moved(words))
    }

    private static func moved(_ words: [String]) -> [String] {
        let first = end(ofOptionsFrom: 0, in: words)
        guard first < words.count, !words[first].hasPrefix("-") else { return words }
        let isGroup = Skafka.configuration.subcommands.contains {
            $0 is any GatheringCommand.Type && $0.configuration.commandName == words[first]
        }
        // The command's name, and its second word where it has one.
        var name = [words[first]]
        var options = words[..<first]
        var rest = words[(first + 1)...]
        if isGroup {
            let second = end(ofOptionsFrom: first + 1, in: words)
            if second < words.count, !words[second].hasPrefix("-") {
                name.append(words[second])
                options += words[(first + 1)..<second]
                rest = words[(second + 1)...]
            } else if let word = rest.popFirst() {
                name.append(word)
            }
        }
        return options.isEmpty ? words : name + options + rest
    }

    /// Behind the global options that begin at a word.
    private static func end(ofOptionsFrom start: Int, in words: [String]) -> Int {
        var index = start
        while index < words.count {
            let word = words[index]
            if withValue.contains(word), index + 1 < words.count {
                index += 2
            } else if flags.contains(word) || isJoined(word) {
                index += 1
            } else {
                break
            }
        }
        return index
    }

    /// The options that say which broker is meant, with their values, wherever they stand: what a
    /// half-typed command line needs to be completed.
    static func brokerWords(in words: some Sequence<String>) -> [String] {
        var result: [String] = []
        var isValue = false
        for word in words {
            if isValue || withValue.contains(word) {
                result.append(word)
                isValue = !isValue
            } else if word == "--" {
                break
            } else if isJoined(word) {
                result.append(word)
            }
        }
        if isValue { result.removeLast() }
        return result
    }

    /// Whether words name a broker or a directory.
    static func namesBroker(_ words: some Sequence<String>) -> Bool {
        brokerWords(in: words).contains { word in
            word.hasPrefix("-b") || word.hasPrefix("-d") || word.hasPrefix("--bootstrap-server")
                || word.hasPrefix("--data-dir")
        }
    }

    /// `--timeout=5s`, `-bhost:9092`.
    private static func isJoined(_ word: String) -> Bool {
        if word.hasPrefix("--") {
            guard let equals = word.firstIndex(of: "=") else { return false }
            return withValue.contains(String(word[..<equals]))
        }
        return word.utf8.count > 2 && ["-b", "-d", "-X", "-F"].contains(String(word.prefix(2)))
    }
}
