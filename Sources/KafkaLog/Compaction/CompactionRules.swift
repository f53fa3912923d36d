internal import KafkaRecords

/// What compaction keeps (the filter of Kafka's `Cleaner.cleanInto`). Pure.
struct CompactionRules {
    /// When this round began, ms since 1970.
    let nowMs: Int64
    /// `delete.retention.ms`.
    let deleteRetentionMs: Int64
    /// The batch that ends here is kept, for the sake of its offset.
    let endOffset: Int64
    /// As they were when the round began. What a start knows them by must stay.
    let producers: ProducerStates

    /// What becomes of a batch as a whole.
    struct Verdict: Equatable {
        /// None of its records stays, whatever they are.
        var dropsRecords: Bool
        /// Stays without records when none is left.
        var staysEmptied: Bool
        /// Is given a delete horizon also without a tombstone: a marker that may go later.
        var needsHorizon: Bool
    }

    /// Given to what may be dropped later.
    var deleteHorizonMs: Int64 {
        let (sum, isOver) = nowMs.addingReportingOverflow(deleteRetentionMs)
        return isOver ? .max : sum
    }

    /// - Parameter isObsolete: aborted data, or a marker without data left.
    func verdict(on header: RecordBatchHeader, isObsolete: Bool) -> Verdict {
        let isControl = header.attributes.isControl
        return Verdict(
            dropsRecords: isObsolete && (!isControl || isHorizonPassed(header)),
            staysEmptied: isLastOfProducer(header) || header.nextOffset == endOffset,
            needsHorizon: isObsolete && isControl)
    }

    /// Whether a record stays of a batch with data that does not drop all of them.
    func keeps(
        _ record: RecordView, of header: RecordBatchHeader, _ map: borrowing OffsetMap
    ) -> Bool {
        if record.offset > map.latestOffset { return true }
        guard let key = record.key, record.offset >= map.offset(of: key) else { return false }
        return record.value != nil || !isHorizonPassed(header)
    }

    private func isHorizonPassed(_ header: RecordBatchHeader) -> Bool {
        header.attributes.hasDeleteHorizon && header.baseTimestamp <= nowMs
    }

    /// The batch from which a start knows the producer's last sequence, or, when a marker came
    /// last, its epoch.
    private func isLastOfProducer(_ header: RecordBatchHeader) -> Bool {
        guard header.producerID >= 0, let entry = producers.entries[header.producerID] else {
            return false
        }
        if entry.lastDataOffset >= 0 { return header.lastOffset == entry.lastDataOffset }
        return header.attributes.isControl && header.producerEpoch == entry.epoch
    }
}
