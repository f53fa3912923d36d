extension TopTable {
    static func topics(
        _ sample: ClusterSample, _ rates: ClusterRates?, _ history: TopHistory
    ) -> TopTable {
        TopTable(
            columns: [
                TopColumn("TOPIC", "name", .text, rank: 0),
                TopColumn("PARTITIONS", "partitions", rank: 5),
                TopColumn("RECORDS/S", "records", rank: 1), TopColumn("BYTES/S", "bytes", rank: 2),
                TopColumn("SIZE", "size", rank: 3), TopColumn("UNDER", "under", rank: 6),
                TopColumn("OFFLINE", "offline", rank: 7),
                TopColumn("RATE", "history", .curve, rank: 4),
            ],
            rows: sample.topics.map { topic in
                let rate = rates?.topics[topic.name]
                let (under, offline) = (topic.underReplicatedCount, topic.offlineCount)
                return TopRow(
                    name: topic.name,
                    cells: [
                        topic.name, "\(topic.partitions.count)",
                        text(rate?.recordsPerSecond, ScaledText.count),
                        text(rate?.bytesPerSecond, ScaledText.bytes),
                        text(topic.sizeBytes.map { Double($0) }, ScaledText.bytes), "\(under)",
                        "\(offline)", "",
                    ],
                    sortKeys: [
                        .text(topic.name), .number(Double(topic.partitions.count)),
                        .number(rate?.recordsPerSecond), .number(rate?.bytesPerSecond),
                        .number(topic.sizeBytes.map { Double($0) }), .number(Double(under)),
                        .number(Double(offline)), .number(rate?.recordsPerSecond),
                    ],
                    history: history.topics[topic.name] ?? [], isAlarming: under > 0 || offline > 0)
            })
    }

    static func groups(
        _ sample: ClusterSample, _ rates: ClusterRates?, _ history: TopHistory
    ) -> TopTable {
        TopTable(
            columns: [
                TopColumn("GROUP", "name", .text, rank: 0),
                TopColumn("STATE", "state", .text, rank: 4),
                TopColumn("MEMBERS", "members", rank: 5), TopColumn("TOPICS", "topics", rank: 6),
                TopColumn("LAG", "lag", rank: 1), TopColumn("TREND/S", "trend", rank: 2),
                TopColumn("LAG", "history", .curve, rank: 3),
            ],
            rows: (sample.groups ?? []).map { group in
                let trend = rates?.lags[group.name]
                let lag = group.lag.map { Double($0) }
                return TopRow(
                    name: group.name,
                    cells: [
                        group.name, group.state.isEmpty ? "-" : group.state,
                        group.memberCount.map { "\($0)" } ?? "-", "\(group.topicCount)",
                        text(lag, ScaledText.count),
                        text(trend) { ($0 > 0 ? "+" : "") + ScaledText.count($0) }, "",
                    ],
                    sortKeys: [
                        .text(group.name), .text(group.state),
                        .number(group.memberCount.map { Double($0) }),
                        .number(Double(group.topicCount)), .number(lag), .number(trend),
                        .number(lag),
                    ],
                    history: history.groups[group.name] ?? [],
                    // Nobody reads it, and it falls behind.
                    isAlarming: (trend ?? 0) > 0 && group.memberCount == 0)
            })
    }

    static func brokers(
        _ sample: ClusterSample, _ rates: ClusterRates?, _ history: TopHistory
    ) -> TopTable {
        var leaders: [Int32: Int] = [:]
        var sizes: [Int32: Int64] = [:]
        for partition in sample.topics.lazy.flatMap(\.partitions) {
            guard let leader = partition.leader else { continue }
            leaders[leader, default: 0] += 1
            sizes[leader, default: 0] += partition.sizeBytes ?? 0
        }
        return TopTable(
            columns: [
                TopColumn("BROKER", "name", rank: 0),
                TopColumn("ADDRESS", "address", .text, rank: 1),
                TopColumn("ROLE", "role", .text, rank: 6), TopColumn("LEADS", "leads", rank: 3),
                TopColumn("RECORDS/S", "records", rank: 2), TopColumn("BYTES/S", "bytes", rank: 3),
                TopColumn("SIZE", "size", rank: 5), TopColumn("RATE", "history", .curve, rank: 4),
            ],
            rows: sample.brokers.map { broker in
                let rate = rates?.brokers[broker.id]
                let role = broker.isController ? "controller" : "-"
                let (leads, size) = (leaders[broker.id] ?? 0, sizes[broker.id].map { Double($0) })
                return TopRow(
                    name: "\(broker.id)",
                    cells: [
                        "\(broker.id)", broker.address, role, "\(leads)",
                        text(rate?.recordsPerSecond, ScaledText.count),
                        text(rate?.bytesPerSecond, ScaledText.bytes), text(size, ScaledText.bytes),
                        "",
                    ],
                    sortKeys: [
                        .number(Double(broker.id)), .text(broker.address), .text(role),
                        .number(Double(leads)), .number(rate?.recordsPerSecond),
                        .number(rate?.bytesPerSecond), .number(size),
                        .number(rate?.recordsPerSecond),
                    ],
                    history: history.brokers[broker.id] ?? [])
            })
    }

    private static func text(_ value: Double?, _ form: (Double) -> String) -> String {
        value.map(form) ?? "-"
    }
}
