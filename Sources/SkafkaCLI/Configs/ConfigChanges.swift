internal import KafkaClient

/// Changes of settings as the command line has them.
enum ConfigChanges {
    /// - Parameters:
    ///   - set: `NAME=VALUE` each.
    ///   - addConfig: Kafka's lists, `a=1,b=[x,y]`.
    ///   - delete: names, several between commas.
    ///   - append: `NAME=VALUE` each.
    ///   - subtract: likewise.
    /// - Throws: `CommandFailure` of status `usage`, for a setting that is named twice too.
    static func parse(
        set: [String], addConfig: [String] = [], delete: [String], append: [String] = [],
        subtract: [String] = []
    ) throws(CommandFailure) -> [ConfigChange] {
        var changes: [ConfigChange] = []
        for text in set {
            let (name, value) = try TopicSetting.parse(text)
            changes.append(ConfigChange(name, .set, value))
        }
        for list in addConfig {
            for text in split(list) {
                guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                    throw .usage("'\(text)' is no setting; write --add-config name=value,…")
                }
                var value = text[text.index(after: equals)...]
                if value.hasPrefix("["), value.hasSuffix("]"), value.count > 1 {
                    value = value.dropFirst().dropLast()
                }
                changes.append(ConfigChange(String(text[..<equals]), .set, String(value)))
            }
        }
        for list in delete {
            for name in list.split(separator: ",", omittingEmptySubsequences: false) {
                guard !name.isEmpty else { throw .usage("'\(list)' holds an empty name") }
                changes.append(ConfigChange(String(name), .delete))
            }
        }
        for text in append {
            let (name, value) = try TopicSetting.parse(text)
            changes.append(ConfigChange(name, .append, value))
        }
        for text in subtract {
            let (name, value) = try TopicSetting.parse(text)
            changes.append(ConfigChange(name, .subtract, value))
        }
        var seen: Set<String> = []
        for change in changes where !seen.insert(change.name).inserted {
            throw .usage("setting \(change.name) is given twice")
        }
        return changes
    }

    /// At commas that are not in brackets.
    private static func split(_ list: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var depth = 0
        for character in list {
            if character == ",", depth == 0 {
                parts.append(part)
                part = ""
                continue
            }
            if character == "[" { depth += 1 }
            if character == "]" { depth = max(0, depth - 1) }
            part.append(character)
        }
        return parts + [part]
    }
}
