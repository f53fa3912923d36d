/// Kafka's scripts name what is to be done by a flag: `groups --describe --group g` stands for
/// `groups describe --group g`, `groups --reset-offsets` for `offsets reset`, and `acls --add` for
/// `acls create`; or by another word: `txn find-hanging`.
enum KafkaToolForm {
    static func rewritten(_ words: [String]) -> [String] {
        if words.count > 1, words[0] == "txn", let word = transactionWords[words[1]] {
            return ["txn", word] + words[2...]
        }
        // Whoever names a command does not write like that.
        guard words.count > 1, words[1].hasPrefix("-"), let name = words.first,
            let index = words.firstIndex(where: { command(name, $0) != nil }),
            let command = command(name, words[index])
        else { return words }
        return command + adapted(words[1..<index] + words[(index + 1)...], of: command)
    }

    private static let transactionWords = [
        "describe-producers": "producers", "find-hanging": "hanging", "force-terminate": "abort",
    ]

    /// Options that mean something else there: a time-out is in ms without saying so, `--list`
    /// takes `--state` and `--type` without a value for columns, which are always shown here, and
    /// topics are expressions, internal ones among them.
    private static func adapted(
        _ options: ArraySlice<String>, of command: [String]
    ) -> [String] {
        var result: [String] = []
        let topic = options.firstIndex(of: "--topic").flatMap { options[($0 + 1)...].first }
        if command == ["topics", "list"] || command == ["topics", "describe"], topic == nil,
            !options.contains("--exclude-internal")
        {
            result.append("--internal")
        }
        if command == ["topics", "describe"] || command == ["topics", "delete"],
            topic?.allSatisfy(isInTopicNames) == false
        {
            result.append("--regex")
        }
        for (index, word) in zip(options.indices, options) {
            let next = options[(index + 1)...].first
            if command == ["groups", "list"], word == "--state" || word == "--type",
                next?.hasPrefix("-") ?? true
            {
                continue
            }
            let isTimeout = result.last == "--timeout" && Int64(word) != nil
            result.append(isTimeout ? word + "ms" : word)
        }
        return result
    }

    /// An expression has other characters, too.
    private static func isInTopicNames(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }

    private static func command(_ name: String, _ flag: String) -> [String]? {
        switch (name, flag) {
        case ("topics", "--list"), ("topics", "--describe"), ("topics", "--create"),
            ("topics", "--delete"), ("topics", "--alter"), ("groups", "--list"),
            ("groups", "--describe"), ("groups", "--delete"), ("configs", "--describe"),
            ("configs", "--alter"), ("acls", "--list"):
            [name, String(flag.dropFirst(2))]
        case ("acls", "--add"): ["acls", "create"]
        case ("acls", "--remove"): ["acls", "delete"]
        case ("groups", "--reset-offsets"): ["offsets", "reset"]
        case ("groups", "--delete-offsets"): ["offsets", "delete"]
        default: nil
        }
    }
}
