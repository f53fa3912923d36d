internal import KafkaClient

extension ClientSettings {
    /// Of members of consumer groups.
    static let membership: [Definition] = [
        Definition(names: ["group.id"], expects: "a name is expected") { settings, value in
            settings.group.groupID = value
            return !value.isEmpty
        },
        Definition(names: ["group.instance.id"], expects: "a name is expected") {
            settings, value in
            settings.group.instanceID = value
            return !value.isEmpty
        },
        Definition(names: ["client.rack"], expects: "a name is expected") { settings, value in
            settings.group.rackID = value.isEmpty ? nil : value
            return true
        },
        Definition(names: ["group.protocol"], expects: "classic or consumer is expected") {
            settings, value in
            guard let name = GroupConfiguration.GroupProtocol(rawValue: value.lowercased()) else {
                return false
            }
            settings.group.groupProtocol = name
            return true
        },
        Definition(names: ["group.remote.assignor"], expects: "a name is expected") {
            settings, value in
            settings.group.remoteAssignor = value
            return !value.isEmpty
        },
        Definition(
            names: ["partition.assignment.strategy"],
            expects:
                "range, roundrobin, sticky or cooperative-sticky is expected, or several"
        ) { settings, value in
            guard let assignors = assignors(value) else { return false }
            settings.group.assignors = assignors
            return true
        },
        .number(["session.timeout.ms"], 1...3_600_000, \.group.sessionTimeoutMs),
        .number(["heartbeat.interval.ms"], 1...3_600_000, \.group.heartbeatIntervalMs),
        .number(["max.poll.interval.ms"], 1...86_400_000, \.group.maxPollIntervalMs),
        .number(["auto.commit.interval.ms"], 0...86_400_000, \.group.autoCommitIntervalMs),
        .bool(["enable.auto.commit"], \.group.enableAutoCommit),
        Definition(
            names: ["auto.offset.reset"],
            expects: "earliest, latest, by_duration:PT1H or none is expected"
        ) { settings, value in
            switch value {
            case "earliest", "beginning", "smallest": settings.offsetReset = .earliest
            case "latest", "end", "largest": settings.offsetReset = .latest
            case "none", "error": settings.offsetReset = GroupConfiguration.OffsetReset.none
            default:
                guard value.hasPrefix("by_duration:"),
                    let ms = ISODuration.milliseconds(of: value.dropFirst(12)), ms >= 0
                else { return false }
                settings.offsetReset = .ago(ms: ms)
            }
            return true
        },
    ]

    /// Java's class names and librdkafka's names, as Kafka's protocol has them.
    private static func assignors(_ text: String) -> [Assignor]? {
        var result: [Assignor] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = part.filter { $0 != " " }
            let assignor: Assignor
            switch name.split(separator: ".").last {
            case "range", "RangeAssignor": assignor = .range
            case "roundrobin", "RoundRobinAssignor": assignor = .roundRobin
            case "sticky", "StickyAssignor": assignor = .sticky
            case "cooperative-sticky", "CooperativeStickyAssignor": assignor = .cooperativeSticky
            default: return nil
            }
            if !result.contains(assignor) { result.append(assignor) }
        }
        return result.isEmpty ? nil : result
    }
}
