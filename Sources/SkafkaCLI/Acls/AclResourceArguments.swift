internal import ArgumentParser
internal import KafkaBase
internal import KafkaSecurity

/// The resources of a command on ACLs, with the names of kafka-acls.
struct AclResourceArguments: ParsableArguments {
    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A topic, * for all; repeatable.", valueName: "name"),
        completion: .topics)
    var topic: [String] = []

    @Option(
        name: [.customShort("g", allowingJoined: true), .customLong("group")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A group, * for all; repeatable.", valueName: "group"),
        completion: .groups)
    var group: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A transactional id, * for all; repeatable.", valueName: "id"))
    var transactionalId: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A delegation token, * for all; repeatable.", valueName: "id"))
    var delegationToken: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A user as a resource; repeatable.", valueName: "principal"))
    var userPrincipal: [String] = []

    @Flag(help: "The cluster.")
    var cluster = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What a name stands for: literal, prefixed; where ACLs are looked for also any, or "
                + "match for all that apply.", valueName: "type"))
    var resourcePatternType: String?

    /// In the order of their kinds; the cluster first.
    var resources: [AclResource] {
        let kinds: [(AclResourceType, [String])] = [
            (.topic, topic), (.group, group), (.transactionalID, transactionalId),
            (.delegationToken, delegationToken), (.user, userPrincipal),
        ]
        return (cluster ? [.cluster] : [])
            + kinds.flatMap { type, names in names.map { AclResource(type, $0) } }
    }

    /// Nil where nothing was said.
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    func patternType() throws(CommandFailure) -> AclFilter.PatternType? {
        try resourcePatternType.map { word throws(CommandFailure) in
            try AclWords.term(word, "type of a pattern")
        }
    }
}

/// Reads the words of options on ACLs.
enum AclWords {
    /// - Parameter what: as `operation`.
    /// - Throws: `CommandFailure` of status `usage`, with the nearest word.
    static func term<Term: AclTerm>(_ word: String, _ what: String) throws(CommandFailure) -> Term {
        if let term = Term(name: word) { return term }
        let words = Term.allCases.map(AclWords.word)
        let hint =
            NearestName.of(word.lowercased(), among: words).map { "did you mean \($0)?" }
            ?? "there are \(words.joined(separator: ", "))"
        throw .usage("'\(word)' is no \(what); \(hint)")
    }

    /// As it is written on a command line.
    static func word(_ term: some AclTerm) -> String {
        String(term.name.lowercased().map { $0 == "_" ? "-" : $0 })
    }

    /// - Throws: `CommandFailure` of status `usage`.
    static func principal(_ word: String) throws(CommandFailure) -> String {
        guard KafkaPrincipal(parsing: word) != nil else {
            throw .usage("'\(word)' is no principal; write User:\(word)")
        }
        return word
    }
}
