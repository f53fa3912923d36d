/// What is set of a transaction coordinator, read once.
struct TransactionSettings: Sendable {
    /// The longest timeout that a producer may ask for, in ms.
    var maxTimeoutMs: Int32
    /// Ms between two looks for transactions that have timed out.
    var timeoutCheckIntervalMs: Int64
    /// Ms without use after which a transactional id is forgotten.
    var expirationMs: Int64
    /// Ms between two looks for such.
    var expirationCheckIntervalMs: Int64

    init(_ settings: BrokerSettings) {
        let number = { (name: String) in settings.value(of: name).flatMap(Int64.init) ?? .max }
        maxTimeoutMs = Int32(clamping: number("transaction.max.timeout.ms"))
        timeoutCheckIntervalMs = number(
            "transaction.abort.timed.out.transaction.cleanup.interval.ms")
        expirationMs = number("transactional.id.expiration.ms")
        expirationCheckIntervalMs = number(
            "transaction.remove.expired.transaction.cleanup.interval.ms")
    }
}
