internal import KafkaBase
internal import KafkaClient

/// Groups with their members, as far as they are there.
struct GroupReport {
    /// In the order asked for.
    private(set) var groups: [GroupDescription] = []
    /// Those that the broker does not know how to describe.
    private(set) var undescribed: [String] = []
    /// Why others are not among them.
    private(set) var errors: [KafkaError] = []

    /// - Parameters:
    ///   - names: nil for all groups of the cluster.
    ///   - canDoWithout: whether a broker that does not describe groups is none the worse for it.
    /// - Throws: `KafkaError` when no broker answers.
    static func load(
        _ names: [String]?, _ client: KafkaClient, canDoWithout: Bool = false
    ) async throws -> GroupReport {
        var report = GroupReport()
        var wanted = names ?? []
        if names == nil {
            let listed = try await client.listGroups()
            wanted = listed.groups.filter { $0.type != .share && $0.type != .streams }
                .map(\.groupID)
            report.errors = listed.failures.sorted { $0.key < $1.key }.map(\.value)
        }
        let found = try await client.describeGroups(wanted)
        for name in wanted {
            switch found[name] {
            case .success(let group)?: report.groups.append(group)
            case .failure(let error)? where error.kind == .unsupported && canDoWithout:
                report.undescribed.append(name)
            case .failure(let error)?:
                report.errors.append(try await otherKind(name, error, client) ?? error)
            case nil: continue
            }
        }
        return report
    }

    /// A group that is listed but not described follows a protocol that consumers do not.
    private static func otherKind(
        _ name: String, _ error: KafkaError, _ client: KafkaClient
    ) async throws -> KafkaError? {
        guard error.kind == .unknownGroup(name),
            let listed = try? await client.listGroups().groups.first(where: { $0.groupID == name }),
            let type = listed.type, type != .classic, type != .consumer
        else { return nil }
        return KafkaError(
            .unsupported, "group \(name) is no consumer group but one of type \(type.rawValue)")
    }

    /// Where the groups stand.
    ///
    /// - Parameter wanted: only these partitions, without members that read nothing; nil for all.
    /// - Throws: `KafkaError` when no broker answers.
    func offsetRows(
        _ client: KafkaClient, of wanted: [TopicPartition]? = nil
    ) async throws -> (rows: [GroupOffsetRow], errors: [KafkaError]) {
        let chosen = wanted.map(Set.init)
        let isWanted = { (partition: TopicPartition) in chosen?.contains(partition) ?? true }
        var (offsets, errors) = try await GroupReport.offsets(
            groups.map(\.groupID), of: wanted, client)
        if !undescribed.isEmpty {
            // Such a broker may not tell, either, of which partitions there are offsets.
            var partitions = wanted ?? []
            if wanted == nil {
                partitions = try PartitionChoice.resolve(try await client.listTopics(), nil)
            }
            let more = try await GroupReport.offsets(undescribed, of: partitions, client)
            offsets.merge(more.offsets) { _, new in new }
            errors += more.errors
        }
        let partitions = Set(offsets.values.flatMap(\.keys))
            .union(groups.flatMap(\.members).flatMap(\.assignment)).filter(isWanted)
        let ends = try await client.listOffsets(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, .latest) })
        ).compactMapValues { try? $0.get().offset }
        let known = groups.map { (id: $0.groupID, members: $0.members) }
        let rows = (known + undescribed.map { (id: $0, members: []) }).flatMap { group in
            GroupOffsetRow.rows(
                group: group.id, members: group.members, offsets: offsets[group.id] ?? [:],
                ends: ends
            ).filter { $0.partition.map(isWanted) ?? (wanted == nil) }
        }
        return (rows, errors)
    }

    /// What groups have committed, and why it is not known.
    ///
    /// - Parameter partitions: nil for all.
    static func offsets(
        _ names: [String], of partitions: [TopicPartition]? = nil, _ client: KafkaClient
    ) async throws -> (offsets: [String: [TopicPartition: OffsetAndMetadata]], errors: [KafkaError])
    {
        var offsets: [String: [TopicPartition: OffsetAndMetadata]] = [:]
        var errors: [KafkaError] = []
        let answers = try await client.groupOffsets(names, of: partitions)
        for name in names {
            switch answers[name] {
            case .success(let found)?:
                offsets[name] = found.compactMapValues { try? $0.get() }
                errors += found.sorted { $0.key < $1.key }.compactMap { entry in
                    if case .failure(let error) = entry.value { error } else { nil }
                }
            case .failure(let error)?: errors.append(error)
            case nil: continue
            }
        }
        return (offsets, errors)
    }
}
