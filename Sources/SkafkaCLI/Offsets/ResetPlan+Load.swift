internal import KafkaBase
internal import KafkaClient

extension ResetPlan {
    /// What is asked for, of one group.
    struct Request {
        var group: String
        var target: ResetTarget
        var scope: ResetScope
    }

    /// Finds out where the group and the logs stand, and adds what the group is to have.
    ///
    /// - Throws: `KafkaError` when no broker answers.
    mutating func load(_ request: Request, _ client: KafkaClient) async throws {
        let wanted = try await wantedOffsets(request, client)
        let (partitions, committed) = try await partitions(request, wanted, client)
        let known = try await ResetPlan.offsets(partitions, request.target, client)
        for partition in partitions {
            do {
                guard let start = try known.starts[partition]?.get().offset,
                    let end = try known.ends[partition]?.get().offset
                else { continue }
                let facts = Facts(
                    currentOffset: committed[partition], startOffset: start, endOffset: end,
                    timeOffset: try known.times[partition]?.get().offset)
                add(
                    partition, of: request.group, to: request.target, wanted: wanted[partition],
                    facts)
            } catch {
                failures.append(CommandFailure(error))
            }
        }
    }

    /// - Parameter partitions: nil for all.
    private static func committed(
        _ group: String, of partitions: [TopicPartition]? = nil, _ client: KafkaClient
    ) async throws -> [TopicPartition: Int64] {
        let answers = try await client.groupOffsets([group], of: partitions)
        guard let offsets = try answers[group]?.get() else { return [:] }
        return try offsets.mapValues { try $0.get().offset }
    }

    /// What a file or another group says of each partition.
    private mutating func wantedOffsets(
        _ request: Request, _ client: KafkaClient
    ) async throws -> [TopicPartition: Int64] {
        switch request.target {
        case .file(let rows):
            let own = rows.filter { $0.group == nil || $0.group == request.group }
            if own.isEmpty {
                failures.append(.failed("the file has no offset of \(request.group)"))
            }
            return Dictionary(own.map { ($0.partition, $0.offset) }) { $1 }
        case .group(let other):
            let offsets = try await ResetPlan.committed(other, client)
            if offsets.isEmpty {
                failures += await NameHints.failures([.noOffsets(other)], client)
            }
            return offsets
        default: return [:]
        }
    }

    /// The partitions, in order, and what the group has committed of them.
    private mutating func partitions(
        _ request: Request, _ wanted: [TopicPartition: Int64], _ client: KafkaClient
    ) async throws -> ([TopicPartition], [TopicPartition: Int64]) {
        let partitions: [TopicPartition]
        switch (request.scope, request.target) {
        case (.file, _), (.all, .file), (.all, .group): partitions = wanted.keys.sorted()
        case (.all, _):
            let committed = try await ResetPlan.committed(request.group, client)
            if committed.isEmpty {
                failures.append(.failed("group \(request.group) has no offsets"))
            }
            return (committed.keys.sorted(), committed)
        case (.topics(let choices), _):
            let chosen = try await TopicChoice.resolve(choices, client)
            failures += chosen.failures
            partitions = narrowed(chosen.partitions, request, wanted)
        }
        guard !partitions.isEmpty else { return ([], [:]) }
        return (
            partitions, try await ResetPlan.committed(request.group, of: partitions, client)
        )
    }

    /// Of what a file or another group does not speak there is nothing to do.
    private mutating func narrowed(
        _ partitions: [TopicPartition], _ request: Request, _ wanted: [TopicPartition: Int64]
    ) -> [TopicPartition] {
        switch request.target {
        case .file, .group:
            let spoken = partitions.filter { wanted[$0] != nil }
            if spoken.isEmpty, !wanted.isEmpty {
                failures.append(.failed("none of the topics has an offset to take"))
            }
            return spoken
        default: return partitions
        }
    }

    private typealias Listed = [TopicPartition: Result<ListedOffset, KafkaError>]

    private static func offsets(
        _ partitions: [TopicPartition], _ target: ResetTarget, _ client: KafkaClient
    ) async throws -> (starts: Listed, ends: Listed, times: Listed) {
        let list = { (spec: OffsetSpec) async throws -> Listed in
            try await client.listOffsets(
                Dictionary(uniqueKeysWithValues: partitions.map { ($0, spec) }))
        }
        let starts = try await list(.earliest)
        let ends = try await list(.latest)
        guard case .time(let ms) = target else { return (starts, ends, [:]) }
        return (starts, ends, try await list(.timestamp(ms)))
    }
}

extension KafkaError {
    /// A group that was never heard of and one that never committed look the same.
    fileprivate static func noOffsets(_ group: String) -> KafkaError {
        KafkaError(.unknownGroup(group), "group \(group) has no offsets")
    }
}
