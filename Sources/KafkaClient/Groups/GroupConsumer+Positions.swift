public import KafkaBase
internal import Logging
internal import NIOConcurrencyHelpers

extension GroupConsumer {
    /// Commits the positions: one behind what `poll` handed out last.
    ///
    /// - Throws: why not, with group and partition.
    public func commit() async throws(KafkaError) {
        try await commit(positions.withLockedValue { $0.uncommitted })
    }

    /// Commits offsets of the caller's choice, which are the next to be read.
    ///
    /// ```swift
    /// try await consumer.commit([partition: OffsetAndMetadata(offset: record.offset + 1)])
    /// ```
    ///
    /// - Throws: why not, with group and partition: `broker(.illegalGeneration)` and the like when
    ///   the group went on without this member, `broker(.rebalanceInProgress)` while it rebalances.
    public func commit(
        _ offsets: [TopicPartition: OffsetAndMetadata]
    ) async throws(KafkaError) {
        // What was sent before must not arrive behind this.
        await autoCommit.withLockedValue { $0 }?.value
        try await send(offsets)
    }

    func send(_ offsets: [TopicPartition: OffsetAndMetadata]) async throws(KafkaError) {
        var generation: Int32 = -1
        let memberID = session.metadata.memberID
        do throws(KafkaError) {
            try await client.commit(offsets) { () throws(KafkaError) in
                let member = session.metadata
                generation = member.generation
                // In nobody's name a group without members would take what a lost member had read,
                // perhaps of topics that are others by now.
                guard generation >= 0, member.memberID == memberID else {
                    throw KafkaError(
                        .unknownMemberId, "commit of group \(member.groupID)",
                        detail: "this consumer is not a member now")
                }
                return member
            }
        } catch {
            if let code = error.errorCode {
                session.commitRefused(code, generation: generation)
            }
            throw error
        }
        positions.withLockedValue { $0.committed(offsets) }
    }

    /// What the group has committed; partitions without an offset are left out.
    public func committed(
        _ partitions: [TopicPartition]
    ) async throws(KafkaError) -> [TopicPartition: OffsetAndMetadata] {
        try await client.committedOffsets(
            partitions, as: { session.metadata },
            isStable: fetching.isolationLevel == .readCommitted)
    }

    /// The next record that `poll` hands out; nil for a partition that is not this member's.
    public func position(of partition: TopicPartition) -> OffsetAndMetadata? {
        positions.withLockedValue { $0.position(of: partition) }
    }

    /// Moves to an offset. Records fetched before from the partition are dropped, and an error that
    /// stopped it is forgotten. A partition that is not this member's is left alone.
    public func seek(_ partition: TopicPartition, to offset: Int64) {
        guard positions.withLockedValue({ $0.seek(partition, to: offset) }) else { return }
        // Within a rebalance it is read only when that is over.
        if session.owned.contains(partition) { read([partition]) }
    }

    /// Hands out no more of these until `resume`; they stay this member's.
    public func pause(_ partitions: some Sequence<TopicPartition>) {
        let paused = partitions.filter { partition in
            positions.withLockedValue { $0.setPaused(partition, true) }
        }
        fetcher.unassign(paused)
    }

    /// Goes on where `pause` stopped.
    public func resume(_ partitions: some Sequence<TopicPartition>) {
        let resumed = partitions.filter { partition in
            positions.withLockedValue { $0.setPaused(partition, false) }
        }
        read(resumed.filter(session.owned.contains))
    }

    // MARK: Where to begin

    /// Finds where new partitions are read from: what is committed, else what `offsetReset` says. A
    /// topic that was deleted meanwhile is left out.
    func findPositions(of partitions: [TopicPartition]) async throws(KafkaError) {
        guard !partitions.isEmpty else { return }
        let committed = try await committed(partitions)
        let starts = try await reset(partitions.filter { committed[$0] == nil })
        positions.withLockedValue { positions in
            for partition in partitions {
                if let offset = committed[partition] {
                    positions.begin(partition, at: offset, committed: offset.offset)
                } else if let start = starts[partition] {
                    positions.begin(
                        partition, at: OffsetAndMetadata(offset: start), committed: nil)
                }
            }
        }
    }

    private func reset(
        _ partitions: [TopicPartition]
    ) async throws(KafkaError) -> [TopicPartition: Int64] {
        guard let first = partitions.first else { return [:] }
        let spec: OffsetSpec
        switch configuration.offsetReset {
        case .earliest: spec = .earliest
        case .latest: spec = .latest
        case .ago(let ms): return try await starts(of: partitions, agoMs: ms)
        case .custom(let choose): return try await choose(partitions)
        case .none:
            throw KafkaError(
                .offsetOutOfRange(first, requested: -1, start: -1, end: -1),
                "group \(configuration.groupID) has committed no offset for \(first)")
        }
        return try await offsets(of: partitions, spec).mapValues { $0 ?? 0 }
    }

    private func starts(
        of partitions: [TopicPartition], agoMs: Int64
    ) async throws(KafkaError) -> [TopicPartition: Int64] {
        let sinceMs = max(0, KafkaClock.system.nowMs - agoMs)
        let found = try await offsets(of: partitions, .timestamp(sinceMs))
        let young = found.filter { $0.value == nil }.map(\.key)
        let ends = young.isEmpty ? [:] : try await offsets(of: young, .latest)
        return found.reduce(into: [:]) { $0[$1.key] = $1.value ?? (ends[$1.key] ?? nil) ?? 0 }
    }

    /// Where there is no such offset, nil.
    private func offsets(
        of partitions: [TopicPartition], _ spec: OffsetSpec
    ) async throws(KafkaError) -> [TopicPartition: Int64?] {
        let found = try await client.listOffsets(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, spec) }),
            isolationLevel: fetching.isolationLevel)
        var offsets: [TopicPartition: Int64?] = [:]
        for (partition, result) in found {
            switch result {
            case .success(let offset): offsets[partition] = .some(offset.offset)
            case .failure(let error) where error.errorCode == .unknownTopicOrPartition: continue
            case .failure(let error): throw error
            }
        }
        return offsets
    }

    /// A position is not there any more.
    ///
    /// - Returns: whether the partition is read on elsewhere.
    func resetAfter(
        _ error: KafkaError, _ partition: TopicPartition
    ) async throws(KafkaError) -> Bool {
        switch configuration.offsetReset {
        case .none, .custom: return false
        case .earliest, .latest, .ago: break
        }
        guard let start = try await reset([partition])[partition] else { return false }
        client.logger.warning("\(error.message); going on at \(start)")
        seek(partition, to: start)
        return true
    }
}
