internal import KafkaRecords

/// What the producer state needs to know of a batch.
struct SequencedBatch: Sendable, Equatable {
    /// Below 0 without idempotence; nothing else matters then.
    var producerID: Int64
    var epoch: Int16
    /// -1 for what coordinators write.
    var baseSequence: Int32
    var baseOffset: Int64
    var offsetDelta: Int32
    /// Ms since the epoch.
    var maxTimestamp: Int64
    var isTransactional: Bool
    var isControl: Bool
    /// What a control batch says; nil for an emptied one.
    var marker: EndTransactionMarker?

    /// - Parameters:
    ///   - baseOffset: that the batch has, or will get.
    ///   - bytes: the whole batch, which control batches are read from.
    init(_ header: RecordBatchHeader, baseOffset: Int64, bytes: UnsafeRawBufferPointer?) {
        producerID = header.producerID
        epoch = header.producerEpoch
        baseSequence = header.baseSequence
        self.baseOffset = baseOffset
        offsetDelta = header.lastOffsetDelta
        maxTimestamp = header.maxTimestamp
        isTransactional = header.attributes.isTransactional
        isControl = header.attributes.isControl
        marker = isControl ? bytes.flatMap { EndTransactionMarker(batch: $0) } : nil
    }

    var lastOffset: Int64 { baseOffset &+ Int64(offsetDelta) }

    var lastSequence: Int32 {
        baseSequence < 0 ? baseSequence : SequenceNumber.advance(baseSequence, by: offsetDelta)
    }
}
