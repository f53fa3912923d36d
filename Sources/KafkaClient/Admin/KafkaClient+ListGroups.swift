internal import KafkaBase
internal import KafkaWire

/// A group as its coordinator lists it.
public struct GroupListing: Sendable, Equatable {
    public var groupID: String
    /// Nil where the broker does not tell (ListGroups below version 5).
    public var type: GroupType?
    /// Nil where the broker does not tell (ListGroups below version 4).
    public var state: GroupState?
    /// `consumer` for groups of consumers; empty for groups that only keep offsets.
    public var protocolType: String
    public var coordinator: Int32
}

/// The groups of a cluster, as far as its brokers answered.
public struct GroupListings: Sendable, Equatable {
    /// By id.
    public var groups: [GroupListing] = []
    /// By broker: why its groups are not among them.
    public var failures: [Int32: KafkaError] = [:]
}

extension KafkaClient {
    /// The groups of all brokers (KIP-518, KIP-848).
    ///
    /// ```swift
    /// let stable = try await client.listGroups(states: [.stable])
    /// for group in stable.groups { print(group.groupID) }
    /// ```
    ///
    /// - Parameters:
    ///   - states: only groups in one of them; empty for any.
    ///   - types: only groups of one of them; empty for any.
    public func listGroups(
        states: Set<GroupState> = [], types: Set<GroupType> = []
    ) async throws(KafkaError) -> GroupListings {
        let answers = try await askBrokers(
            nil,
            { version throws(KafkaError) in
                var request = ListGroupsRequest()
                request.statesFilter = states.map(\.rawValue).sorted()
                request.typesFilter = types.map(\.rawValue).sorted()
                if version < (types.isEmpty ? 4 : 5), !states.isEmpty || !types.isEmpty {
                    throw KafkaError(
                        .unsupported, "the broker is too old to filter groups by state or type")
                }
                return request
            }, errorCode: { $0.errorCode }, what: "groups")
        var listings = GroupListings()
        for (broker, answer) in answers {
            switch answer {
            case .success(let response):
                listings.groups += response.groups.map { GroupListing($0, coordinator: broker) }
            case .failure(let error): listings.failures[broker] = error
            }
        }
        listings.groups.sort { ($0.groupID, $0.coordinator) < ($1.groupID, $1.coordinator) }
        return listings
    }
}

extension GroupListing {
    fileprivate init(_ group: ListGroupsResponse.ListedGroup, coordinator: Int32) {
        groupID = group.groupId
        type = group.groupType.isEmpty ? nil : GroupType(rawValue: group.groupType)
        state = group.groupState.isEmpty ? nil : GroupState(rawValue: group.groupState)
        protocolType = group.protocolType
        self.coordinator = coordinator
    }
}
