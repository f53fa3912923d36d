/// The rules for topic names (Kafka's `Topic`).
enum TopicName {
    static let maxLength = 249
    static let internalTopics: Set<String> = [
        CoordinatorTopics.offsets, CoordinatorTopics.transactions, "__share_group_state",
    ]

    /// Where KRaft keeps its metadata: a log like any other, but no topic.
    static let clusterMetadata = "__cluster_metadata"

    /// Why `name` cannot name a topic; nil when it can.
    static func problem(_ name: String) -> String? {
        if name.isEmpty { return "the empty string is not allowed" }
        if name == "." || name == ".." { return "'.' or '..' is not allowed" }
        if name.utf8.count > maxLength {
            return "the length of \(name.utf8.count) is longer than \(maxLength) characters"
        }
        if !name.utf8.allSatisfy(isAllowed) {
            return "only ASCII letters and digits, '.', '_' and '-' are allowed"
        }
        return nil
    }

    /// The topic among `topics` whose metrics would bear the same name: they differ in `.` and `_`
    /// alone. Cheap for names without either.
    static func collision(of name: String, among topics: some Sequence<String>) -> String? {
        guard name.utf8.contains(where: isCollisionMark) else { return nil }
        let wanted = unified(name)
        return topics.first {
            $0 != name && $0.utf8.count == name.utf8.count && unified($0) == wanted
        }
    }

    private static func unified(_ name: String) -> [UInt8] {
        name.utf8.map { isCollisionMark($0) ? UInt8(ascii: "_") : $0 }
    }

    private static func isCollisionMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
