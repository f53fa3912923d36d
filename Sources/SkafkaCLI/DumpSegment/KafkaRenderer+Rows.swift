internal import KafkaLog
internal import KafkaRecords

extension KafkaRenderer {
    mutating func visit(transactionEntry entry: InspectedTransactionEntry) -> RecordVisit {
        // Kafka reads one byte of the two.
        field("version: ", Int64(entry.version >> 8))
        field(" producerId: ", entry.producerID)
        field(" firstOffset: ", entry.firstOffset)
        field(" lastOffset: ", entry.lastOffset)
        field(" lastStableOffset: ", entry.lastStableOffset)
        return endLine()
    }

    mutating func visit(producerEntry entry: InspectedProducerEntry) -> RecordVisit {
        field("producerId: ", entry.producerID)
        field(" producerEpoch: ", Int64(entry.producerEpoch))
        field(" coordinatorEpoch: ", Int64(entry.coordinatorEpoch))
        if entry.currentTransactionFirstOffset >= 0 {
            field(" currentTxnFirstOffset: OptionalLong[", entry.currentTransactionFirstOffset)
            output.append(UInt8(ascii: "]"))
        } else {
            output.append(" currentTxnFirstOffset: OptionalLong.empty" as StaticString)
        }
        field(" lastTimestamp: ", entry.timestamp)
        output.append(UInt8(ascii: " "))
        if entry.lastOffset >= 0 {
            field("firstSequence: ", Int64(entry.firstSequence))
            field(" lastSequence: ", Int64(entry.lastSequence))
            field(" lastOffset: ", entry.lastOffset)
            field(" offsetDelta: ", Int64(entry.offsetDelta))
            field(" timestamp: ", entry.timestamp)
        }
        return endLine()
    }

    /// Kafka's tool knows none of the kinds that come as such rows.
    mutating func show(_ row: DumpRow) -> RecordVisit { .continue }

    private func endLine() -> RecordVisit {
        output.append(UInt8(ascii: "\n"))
        return isStopped ? .stop : .continue
    }
}
