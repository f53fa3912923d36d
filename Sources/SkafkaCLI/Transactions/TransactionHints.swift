internal import KafkaBase
internal import KafkaClient

/// Tells, of transactional ids that there are not, which were probably meant.
enum TransactionHints {
    static func explained(_ error: KafkaError, _ id: String, _ client: KafkaClient) async
        -> KafkaError
    {
        guard error.errorCode == .transactionalIdNotFound else { return error }
        var error = error
        let known = (try? await client.listTransactions())?.transactions.map(\.transactionalID)
        let near = NearestName.of(id, among: known ?? [])
        error.message =
            "unknown transactional id \(id); "
            + (near.map { "did you mean \($0)?" } ?? "see 'skafka txn list'")
        return error
    }
}
