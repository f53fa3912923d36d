internal import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// State and members of groups, of the classic protocol or of KIP-848.
    ///
    /// ```swift
    /// let groups = try await client.describeGroups(["billing"])
    /// if case .success(let group)? = groups["billing"] { print(group.state, group.members) }
    /// ```
    ///
    /// - Returns: for each group its description, or why not; `unknownGroup` where there is none.
    public func describeGroups(
        _ ids: [String]
    ) async throws(KafkaError) -> [String: Result<GroupDescription, KafkaError>] {
        let answers = try await askCoordinators(of: ids.map { .group($0) }) {
            broker, keys throws(KafkaError) in
            let ids = keys.map(\.id)
            // A coordinator knows which protocol a group follows, but only tells by refusing: first
            // as a group of KIP-848, then those that are none as classic ones.
            var results = try await describeConsumerGroups(ids, broker)
            let rest = ids.filter { id in
                switch results[id] {
                case nil: true
                case .success?: false
                case .failure(let error)?:
                    error.kind == .unknownGroup(id) || error.errorCode == .unsupportedVersion
                }
            }
            results.merge(try await describeClassicGroups(rest, broker)) { _, new in new }
            return results.byKey
        }
        return answers.byGroup
    }

    private func describeConsumerGroups(
        _ ids: [String], _ broker: Int32
    ) async throws(KafkaError) -> [String: Result<GroupDescription, KafkaError>] {
        var request = ConsumerGroupDescribeRequest()
        request.groupIds = ids
        let response: ConsumerGroupDescribeResponse
        do throws(KafkaError) {
            response = try await send(request, to: .broker(broker))
        } catch {
            // Brokers below 3.7 do not serve it.
            if error.kind == .unsupported { return [:] }
            throw error
        }
        var results: [String: Result<GroupDescription, KafkaError>] = [:]
        for group in response.groups {
            results[group.groupId] =
                group.errorCode == .none
                ? .success(GroupDescription(group, coordinator: broker))
                : .failure(
                    .ofGroup(group.groupId, group.errorCode, "describe", group.errorMessage))
        }
        return results
    }

    private func describeClassicGroups(
        _ ids: [String], _ broker: Int32
    ) async throws(KafkaError) -> [String: Result<GroupDescription, KafkaError>] {
        guard !ids.isEmpty else { return [:] }
        var request = DescribeGroupsRequest()
        request.groups = ids
        let response = try await send(request, to: .broker(broker))
        var results: [String: Result<GroupDescription, KafkaError>] = [:]
        for group in response.groups {
            // Before version 6 a group that there is not was answered as a dead one (KIP-1043).
            let code =
                group.errorCode == .none && group.groupState == GroupState.dead.rawValue
                ? ErrorCode.groupIdNotFound : group.errorCode
            results[group.groupId] =
                code == .none
                ? .success(GroupDescription(group, coordinator: broker))
                : .failure(.ofGroup(group.groupId, code, "describe", group.errorMessage))
        }
        return results
    }
}

extension Dictionary where Key == String {
    /// Results by group as `askCoordinators` takes them.
    var byKey: [CoordinatorKey: Value] {
        Dictionary<CoordinatorKey, Value>(
            uniqueKeysWithValues: map { (CoordinatorKey.group($0.key), $0.value) })
    }
}

extension Dictionary where Key == CoordinatorKey {
    /// Results of `askCoordinators` by group, or by transactional id.
    var byGroup: [String: Value] {
        Dictionary<String, Value>(uniqueKeysWithValues: map { ($0.key.id, $0.value) })
    }
}

extension KafkaError {
    /// - Parameter verb: what was being done with the group.
    static func ofGroup(
        _ id: String, _ code: ErrorCode, _ verb: String, _ detail: String? = nil
    ) -> KafkaError {
        code == .groupIdNotFound
            ? .unknownGroup(id) : KafkaError(code, "\(verb) group \(id)", detail: detail)
    }
}
