public import KafkaRecords

/// What an inspection hands its results to, in the order of the file. Nothing is kept: a batch or
/// entry is a value, a record's bytes are valid during the call only.
///
/// Each method says whether to go on; `stop` ends the inspection at once.
public protocol InspectionVisitor {
    mutating func visit(batch: InspectedBatch) -> RecordVisit
    /// - Parameter message: the bytes of the record's own message in formats v0 and v1.
    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit
    mutating func visit(offsetEntry: InspectedOffsetEntry) -> RecordVisit
    mutating func visit(timeEntry: InspectedTimeEntry) -> RecordVisit
    mutating func visit(transactionEntry: InspectedTransactionEntry) -> RecordVisit
    mutating func visit(producerEntry: InspectedProducerEntry) -> RecordVisit
    mutating func visit(checkpointRow: InspectedCheckpointRow) -> RecordVisit
    mutating func visit(properties: InspectedProperties) -> RecordVisit
    mutating func report(_ finding: Finding)
}

extension InspectionVisitor {
    public mutating func visit(batch: InspectedBatch) -> RecordVisit { .continue }
    public mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit { .continue }
    public mutating func visit(offsetEntry: InspectedOffsetEntry) -> RecordVisit { .continue }
    public mutating func visit(timeEntry: InspectedTimeEntry) -> RecordVisit { .continue }
    public mutating func visit(
        transactionEntry: InspectedTransactionEntry
    ) -> RecordVisit { .continue }
    public mutating func visit(producerEntry: InspectedProducerEntry) -> RecordVisit { .continue }
    public mutating func visit(checkpointRow: InspectedCheckpointRow) -> RecordVisit { .continue }
    public mutating func visit(properties: InspectedProperties) -> RecordVisit { .continue }
}

/// An entry of an offset index.
public struct InspectedOffsetEntry: Sendable, Hashable {
    /// Counted from 0.
    public var number: Int
    public var offset: Int64
    /// In the log file, in bytes.
    public var position: Int32
}

/// An entry of a time index.
public struct InspectedTimeEntry: Sendable, Hashable {
    /// Counted from 0.
    public var number: Int
    /// Ms since the epoch.
    public var timestamp: Int64
    public var offset: Int64
}
