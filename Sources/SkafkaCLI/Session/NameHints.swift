internal import KafkaBase
internal import KafkaClient

/// Tells, of topics and groups that there are not, which were probably meant.
enum NameHints {
    /// The errors with their exit statuses; the cluster is asked for its names once, and only when
    /// one of them was not found.
    static func failures(_ errors: [KafkaError], _ client: KafkaClient) async -> [CommandFailure] {
        var topics: [String]?
        var groups: [String]?
        var failures: [CommandFailure] = []
        for error in errors {
            var near: String?
            switch error.kind {
            case .unknownTopic(let name):
                if topics == nil {
                    topics = ((try? await client.listTopics()) ?? []).map(\.name)
                }
                near = NearestName.of(name, among: topics ?? [])
            case .unknownGroup(let name):
                if groups == nil {
                    groups = (try? await client.listGroups())?.groups.map(\.groupID) ?? []
                }
                near = NearestName.of(name, among: (groups ?? []).filter { $0 != name })
            default: break
            }
            var failure = CommandFailure(error)
            if let near { failure.message = "\(error.message); did you mean \(near)?" }
            failures.append(failure)
        }
        return failures
    }
}
