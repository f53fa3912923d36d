internal import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// Deletes groups without members, with their offsets (KIP-229).
    ///
    /// ```swift
    /// for (group, error) in try await client.deleteGroups(["billing"]) {
    ///     print(group, error?.message ?? "deleted")
    /// }
    /// ```
    ///
    /// - Returns: for each group why it was not deleted, nil where it was: `unknownGroup`, or
    ///   NON_EMPTY_GROUP where members are left.
    public func deleteGroups(
        _ ids: [String]
    ) async throws(KafkaError) -> [String: KafkaError?] {
        let answers: [CoordinatorKey: Result<Void, KafkaError>] = try await askCoordinators(
            of: ids.map { .group($0) }
        ) { broker, keys throws(KafkaError) in
            var request = DeleteGroupsRequest()
            request.groupsNames = keys.map(\.id)
            let response = try await send(request, to: .broker(broker))
            var results: [CoordinatorKey: Result<Void, KafkaError>] = [:]
            for result in response.results {
                results[.group(result.groupId)] =
                    result.errorCode == .none
                    ? .success(()) : .failure(.ofGroup(result.groupId, result.errorCode, "delete"))
            }
            return results
        }
        return answers.byGroup.mapValues(\.error)
    }
}
