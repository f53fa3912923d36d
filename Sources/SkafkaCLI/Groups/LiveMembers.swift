internal import KafkaClient

/// Names the members that keep a group from being changed.
enum LiveMembers {
    /// So many are named; the rest is counted.
    private static let namedMax = 5

    /// `2 members (consumer-1 at /127.0.0.1, consumer-2 at /127.0.0.1)`
    static func text(_ group: GroupDescription) -> String {
        guard !group.members.isEmpty else { return "its state is \(group.state.rawValue)" }
        var names = group.members.prefix(namedMax).map { member in
            let name = member.instanceID ?? member.memberID
            return member.host.isEmpty ? name : "\(name) at \(member.host)"
        }
        let more = group.members.count - names.count
        if more > 0 { names.append("and \(more) more") }
        return "\(Counted.text(group.members.count, "member")) "
            + "(\(names.joined(separator: ", ")))"
    }
}
