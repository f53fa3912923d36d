import KafkaBase

/// Which of the partitions that a request commits offsets of go to the group's coordinator, and
/// what is answered for all of them. A value.
struct OffsetCommitPlan: Sendable {
    /// Of partitions that exist.
    private(set) var entries: [OffsetCommit.Entry] = []
    /// In the order of the request; nil where the coordinator is asked.
    private var refusals: [ErrorCode?] = []

    /// - Parameters:
    ///   - topic: nil for one that does not exist, or that nothing may be committed of.
    ///   - refusal: what is answered then.
    mutating func add(
        _ topic: Topic?, orElse refusal: ErrorCode = .unknownTopicOrPartition,
        _ entry: (_ topic: String) -> OffsetCommit.Entry
    ) {
        guard let topic else { return refusals.append(refusal) }
        let entry = entry(topic.name)
        guard topic.partition(entry.partition) != nil else {
            return refusals.append(.unknownTopicOrPartition)
        }
        refusals.append(nil)
        entries.append(entry)
    }

    /// The codes of all partitions, in the order of the request.
    ///
    /// - Parameter answers: the coordinator's, of each entry.
    func codes(_ answers: [ErrorCode]) -> [ErrorCode] {
        var answers = answers[...]
        return refusals.map { $0 ?? answers.popFirst() ?? .unknownServerError }
    }

    /// Likewise, where the coordinator has one answer for all.
    func codes(_ answer: ErrorCode) -> [ErrorCode] { refusals.map { $0 ?? answer } }
}
