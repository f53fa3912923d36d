/// The state of a consumer group, by Kafka's name. The set is open: a state that this version does
/// not know is kept as it came.
public struct GroupState: RawRepresentable, Hashable, Sendable {
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public static let preparingRebalance = GroupState(rawValue: "PreparingRebalance")
    public static let completingRebalance = GroupState(rawValue: "CompletingRebalance")
    /// Of KIP-848: the broker is making an assignment.
    public static let assigning = GroupState(rawValue: "Assigning")
    /// Of KIP-848: members are on their way to their assignment.
    public static let reconciling = GroupState(rawValue: "Reconciling")
    public static let stable = GroupState(rawValue: "Stable")
    /// Without members; its offsets are kept.
    public static let empty = GroupState(rawValue: "Empty")
    public static let dead = GroupState(rawValue: "Dead")

    public static let known: [GroupState] = [
        .preparingRebalance, .completingRebalance, .assigning, .reconciling, .stable, .empty,
        .dead,
    ]
}

/// The protocol that a group's members follow, by Kafka's name in lower case. The set is open.
public struct GroupType: RawRepresentable, Hashable, Sendable {
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue.lowercased()
    }

    public static let classic = GroupType(rawValue: "classic")
    /// KIP-848
    public static let consumer = GroupType(rawValue: "consumer")
    /// KIP-932
    public static let share = GroupType(rawValue: "share")
    /// KIP-1071
    public static let streams = GroupType(rawValue: "streams")

    public static let known: [GroupType] = [.classic, .consumer, .share, .streams]
}
