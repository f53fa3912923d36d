internal import KafkaClient

extension ClientSettings {
    /// A producer's settings that are about its identity and its transactions.
    static let transacting: [Definition] = [
        Definition(names: ["transactional.id"], expects: "a name is expected") { settings, value in
            settings.producer.transactionalID = value
            return !value.isEmpty
        },
        .number(
            ["transaction.timeout.ms"], 1...Int(Int32.max), \.producer.transactionTimeoutMs),
    ]

    /// Brings what goes together into line: defaults give way, a wish that cannot be kept is an
    /// error.
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    mutating func settleProducer() throws(CommandFailure) {
        let isTransactional = producer.transactionalID != nil
        if producer.acks != .all {
            if isTransactional { throw .usage("a transaction needs --acks all") }
            if isIdempotenceExplicit { throw .usage("idempotence needs --acks all") }
            producer.idempotent = false
        }
        if isTransactional, !producer.idempotent {
            throw .usage("a transaction needs idempotence; leave --no-idempotent out")
        }
    }
}
