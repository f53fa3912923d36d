internal import KafkaBase

/// The file of profiles: sections of settings, a name in brackets in front of each.
///
///     [default]
///     bootstrap.servers = localhost:9092
///
///     [prod]
///     bootstrap.servers = kafka.example:9093
///     security.protocol = SSL
///
/// Within a section it is a `.properties` file. The section `default` holds where no other profile
/// is asked for.
struct ProfileFile {
    static let defaultName = "default"

    let path: String
    private let sections: [(name: String, entries: [PropertiesFile.Entry])]

    /// - Throws: `CommandFailure` of status `usage`, with the line.
    init(_ text: String, path: String) throws(CommandFailure) {
        self.path = path
        var sections: [(name: String, firstLine: Int, lines: [Substring])] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.first == "[" {
                guard let name = ProfileFile.name(trimmed) else {
                    throw .usage("\(path):\(index + 1): a section is written [NAME]")
                }
                guard !sections.contains(where: { $0.name == name }) else {
                    throw .usage("\(path):\(index + 1): profile \(name) is there twice")
                }
                sections.append((name, index + 1, []))
            } else if sections.isEmpty {
                guard trimmed.isEmpty || trimmed.first == "#" || trimmed.first == "!" else {
                    throw .usage("\(path):\(index + 1): settings begin with a section, [NAME]")
                }
            } else {
                sections[sections.count - 1].lines.append(line)
            }
        }
        var result: [(name: String, entries: [PropertiesFile.Entry])] = []
        for section in sections {
            let parsed = PropertiesFile.parse(section.lines.joined(separator: "\n"))
            switch parsed {
            case .success(let entries):
                result.append(
                    (
                        section.name,
                        entries.map { entry in
                            var entry = entry
                            entry.line += section.firstLine
                            return entry
                        }
                    ))
            case .failure(let error):
                throw .usage("\(path):\(error.line + section.firstLine): \(error.reason)")
            }
        }
        self.sections = result
    }

    /// The settings of a profile, in their order.
    ///
    /// - Throws: `CommandFailure` of status `usage` that suggests another name.
    func entries(of name: String) throws(CommandFailure) -> [PropertiesFile.Entry] {
        if let found = sections.first(where: { $0.name == name }) { return found.entries }
        let hint =
            NearestName.of(name, among: names).map { "did you mean \($0)?" }
            ?? (names.isEmpty ? "it has none" : "there are \(names.joined(separator: ", "))")
        throw .usage("no profile \(name) in \(path); \(hint)")
    }

    var names: [String] { sections.map(\.name) }

    var hasDefault: Bool { sections.contains { $0.name == Self.defaultName } }

    /// `${XDG_CONFIG_HOME:-~/.config}/skafka/config`; the XDG specification ignores relative paths.
    ///
    /// - Parameter variable: of the environment.
    static func usualPath(_ variable: (String) -> String?) -> String? {
        if let home = variable("XDG_CONFIG_HOME"), home.hasPrefix("/") {
            return home + "/skafka/config"
        }
        guard let home = variable("HOME"), !home.isEmpty else { return nil }
        return home + "/.config/skafka/config"
    }

    private static func name(_ line: Substring) -> String? {
        guard let close = line.firstIndex(of: "]") else { return nil }
        let rest = line[line.index(after: close)...].drop { $0 == " " || $0 == "\t" }
        let name = line[line.index(after: line.startIndex)..<close]
        guard !name.isEmpty, rest.isEmpty || rest.first == "#" else { return nil }
        return String(name)
    }
}
