public import KafkaBase

/// Transactions (KIP-98): all of what is written between `beginTransaction` and
/// `commitTransaction`, to whatever topics, is seen by consumers with `read_committed` together or
/// not at all.
///
///     var configuration = ProducerConfiguration()
///     configuration.transactionalID = "invoices-0"
///     let producer = Producer(client: client, configuration: configuration)
///     try await producer.initTransactions()
///     try await producer.beginTransaction()
///     do {
///         _ = try await producer.send(ProducerRecord(value: "paid"), to: "invoices")
///         try await producer.sendOffsets(positions, of: ConsumerGroupMetadata(groupID: "billing"))
///         try await producer.commitTransaction()
///     } catch let error where error.transactionEffect == .mustAbort {
///         try await producer.abortTransaction()
///     }
///
/// One transaction is open at a time. What a failed call means stands in
/// `KafkaError.transactionEffect`; where it is nil the same call may be made again.
extension Producer {
    /// Takes the transactional id of the configuration: a transaction that was left open under it
    /// is aborted, and an earlier producer with the id can write no more. To be called once, before
    /// the first transaction.
    ///
    /// - Throws: `invalidArgument` without a transactional id; an error of `TransactionEffect`
    ///   `fatal` when it may not be used. After any other, call again.
    public func initTransactions() async throws(KafkaError) {
        try await sender.initTransactions()
    }

    /// Begins a transaction; records are refused outside of one.
    ///
    /// - Throws: `invalidArgument` when one is open already.
    public func beginTransaction() async throws(KafkaError) {
        try await sender.beginTransaction()
    }

    /// Makes a group's positions a part of the transaction: they are committed with it, or not at
    /// all. With a member's own metadata a member that was replaced meanwhile is refused (KIP-447).
    ///
    /// - Parameter offsets: of the next records to be read.
    public func sendOffsets(
        _ offsets: [TopicPartition: OffsetAndMetadata], of group: ConsumerGroupMetadata
    ) async throws(KafkaError) {
        guard !offsets.isEmpty else { return }
        try await sender.sendOffsets(offsets, of: group)
    }

    /// Delivers what was appended, then commits the transaction.
    ///
    /// - Throws: the first failed delivery, after which the transaction can only be aborted. After
    ///   `connectionFailed` or `timedOut` without an effect it is not known whether the transaction
    ///   is committed: call again.
    public func commitTransaction() async throws(KafkaError) {
        try await sender.endTransaction(commits: true)
    }

    /// Drops what was not delivered, and aborts the transaction.
    public func abortTransaction() async throws(KafkaError) {
        try await sender.endTransaction(commits: false)
    }
}
