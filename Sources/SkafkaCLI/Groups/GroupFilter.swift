internal import KafkaBase
internal import KafkaClient

/// Which groups `groups list` shows.
struct GroupFilter: Equatable {
    var states: Set<GroupState> = []
    var types: Set<GroupType> = []

    /// - Parameters:
    ///   - states: names in any case, several between commas.
    ///   - types: likewise.
    /// - Throws: `CommandFailure` of status `usage`.
    init(states: [String], types: [String]) throws(CommandFailure) {
        for name in GroupFilter.split(states) {
            self.states.insert(
                try GroupFilter.find(name, GroupState.known, "state of a group") { $0.rawValue })
        }
        for name in GroupFilter.split(types) {
            self.types.insert(
                try GroupFilter.find(name, GroupType.known, "type of a group") { $0.rawValue })
        }
    }

    private static func split(_ lists: [String]) -> [Substring] {
        lists.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    private static func find<Value>(
        _ name: Substring, _ known: [Value], _ what: String, _ text: (Value) -> String
    ) throws(CommandFailure) -> Value {
        if let value = known.first(where: { text($0).lowercased() == name.lowercased() }) {
            return value
        }
        throw .usage(
            "'\(name)' is no \(what); there are \(known.map(text).joined(separator: ", "))")
    }
}
