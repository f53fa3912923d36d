internal import KafkaBase
internal import KafkaClient

extension ClusterSampler {
    /// A group with what it has committed.
    struct CommittedGroup: Sendable {
        var listing: GroupListing
        /// Nil where it is not known.
        var memberCount: Int?
        var offsets: [TopicPartition: Int64]
    }

    /// All groups of the cluster; nil where no broker tells of groups.
    ///
    /// - Throws: `KafkaError` when no broker answers.
    func groups() async throws -> [CommittedGroup]? {
        let listings = try await client.listGroups()
        if listings.groups.isEmpty, !listings.failures.isEmpty { return nil }
        let ids = listings.groups.map(\.groupID)
        guard !ids.isEmpty else { return [] }
        async let described = client.describeGroups(ids)
        async let committed = client.groupOffsets(ids)
        let (descriptions, offsets) = (try? await described, try? await committed)
        return listings.groups.map { listing in
            let description = try? descriptions?[listing.groupID]?.get()
            let offsets = (try? offsets?[listing.groupID]?.get()) ?? [:]
            return CommittedGroup(
                listing: listing, memberCount: description.map(\.members.count),
                offsets: offsets.compactMapValues { try? $0.get().offset })
        }
    }

    /// How far each group lies behind the ends of what it reads.
    ///
    /// - Parameter known: ends that were asked for already; the others are asked for here.
    func lags(
        of groups: [CommittedGroup]?, _ known: [TopicPartition: Int64]
    ) async throws -> [ClusterSample.Group]? {
        guard let groups else { return nil }
        let wanted = topics.isEmpty ? nil : Set(topics)
        let missing = Set(groups.lazy.flatMap(\.offsets.keys)).subtracting(known.keys).filter {
            wanted?.contains($0.topic) ?? true
        }
        let ends = known.merging(try await offsets(of: Array(missing))) { first, _ in first }
        return groups.compactMap { group in
            let read = group.offsets.filter { wanted?.contains($0.key.topic) ?? true }
            // With topics named, only groups that read them are of interest.
            guard wanted == nil || !read.isEmpty else { return nil }
            return ClusterSample.Group(
                name: group.listing.groupID, state: group.listing.state?.rawValue ?? "",
                memberCount: group.memberCount, topicCount: Set(read.keys.map(\.topic)).count,
                lag: ClusterSample.sum(
                    read.map { partition, offset in
                        ends[partition].map { max(0, $0 - offset) }
                    }))
        }
    }
}
