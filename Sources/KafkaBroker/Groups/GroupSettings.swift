/// The broker's settings for groups of the classic protocol and for offsets. A value.
struct GroupSettings: Sendable, Equatable {
    var initialRebalanceDelayMs: Int64 = 3000
    var sessionTimeoutsMs: ClosedRange<Int32> = 6000...1_800_000
    /// Members of a group.
    var maxSize = Int(Int32.max)
    /// Of the text beside an offset.
    var maxMetadataBytes = 4096
    var offsetsRetentionMs: Int64 = 10080 * 60_000
    var expiryIntervalMs: Int64 = 600_000
}

extension GroupSettings {
    init(_ settings: BrokerSettings) {
        let value = { (name: String) in settings.value(of: name).flatMap(Int64.init) }
        initialRebalanceDelayMs =
            value("group.initial.rebalance.delay.ms") ?? initialRebalanceDelayMs
        let shortest = value("group.min.session.timeout.ms").map(Int32.init(clamping:))
        let longest = value("group.max.session.timeout.ms").map(Int32.init(clamping:))
        let first = shortest ?? sessionTimeoutsMs.lowerBound
        sessionTimeoutsMs = first...max(first, longest ?? sessionTimeoutsMs.upperBound)
        maxSize = value("group.max.size").map(Int.init) ?? maxSize
        maxMetadataBytes = value("offset.metadata.max.bytes").map(Int.init) ?? maxMetadataBytes
        offsetsRetentionMs =
            value("offsets.retention.minutes").map { $0 * 60_000 }
            ?? offsetsRetentionMs
        expiryIntervalMs = value("offsets.retention.check.interval.ms") ?? expiryIntervalMs
    }
}
