internal import KafkaLog
internal import KafkaRecords

/// An entry of a small file as names and values, for the forms that show all of them alike.
struct DumpRow {
    enum Value {
        case integer(Int64)
        case text(String)
        case null
        /// Of its own, as it stands in the file.
        case json([UInt8])
    }

    struct Field {
        var name: StaticString
        var value: Value
        /// Of its column in a table.
        var width = 20
    }

    /// What plain rows begin with.
    var kind: StaticString
    /// Counted from 0; nil where there is but one.
    var number: Int?
    var fields: [Field]

    init(kind: StaticString, number: Int?, fields: [Field]) {
        self.kind = kind
        self.number = number
        self.fields = fields
    }

    init(_ entry: InspectedTransactionEntry) {
        self.init(
            kind: "transaction", number: entry.number,
            fields: [
                Field(name: "version", value: .integer(Int64(entry.version)), width: 8),
                Field(name: "producerId", value: .integer(entry.producerID), width: 12),
                Field(name: "firstOffset", value: .integer(entry.firstOffset)),
                Field(name: "lastOffset", value: .integer(entry.lastOffset)),
                Field(name: "lastStableOffset", value: .integer(entry.lastStableOffset)),
            ])
    }

    init(_ entry: InspectedProducerEntry) {
        let open = entry.currentTransactionFirstOffset
        var fields = [
            Field(name: "producerId", value: .integer(entry.producerID), width: 12),
            Field(name: "producerEpoch", value: .integer(Int64(entry.producerEpoch)), width: 15),
            Field(
                name: "coordinatorEpoch", value: .integer(Int64(entry.coordinatorEpoch)),
                width: 18),
            Field(
                name: "currentTxnFirstOffset", value: open >= 0 ? .integer(open) : .null, width: 23
            ),
            Field(name: "lastTimestamp", value: .integer(entry.timestamp), width: 15),
        ]
        // No batch is known of a producer that has but ended a transaction.
        let hasBatch = entry.lastOffset >= 0
        func batch(_ name: StaticString, _ value: Int64, _ width: Int) {
            fields.append(
                Field(name: name, value: hasBatch ? .integer(value) : .null, width: width))
        }
        batch("firstSequence", Int64(entry.firstSequence), 15)
        batch("lastSequence", Int64(entry.lastSequence), 14)
        batch("lastOffset", entry.lastOffset, 20)
        batch("offsetDelta", Int64(entry.offsetDelta), 13)
        self.init(kind: "producer", number: entry.number, fields: fields)
    }

    init(_ row: InspectedCheckpointRow) {
        let fields: [Field] =
            switch row.content {
            case .epoch(let epoch, let startOffset):
                [
                    Field(name: "epoch", value: .integer(Int64(epoch)), width: 12),
                    Field(name: "startOffset", value: .integer(startOffset)),
                ]
            case .offset(let topic, let partition, let offset):
                [
                    Field(name: "partition", value: .integer(Int64(partition)), width: 12),
                    Field(name: "offset", value: .integer(offset)),
                    // The longest one last, so that the others keep their columns.
                    Field(name: "topic", value: .text(topic), width: 0),
                ]
            }
        self.init(kind: "checkpoint", number: row.number, fields: fields)
    }

    /// One row for each property: their names are the file's.
    static func rows(of properties: InspectedProperties) -> [DumpRow] {
        properties.properties.enumerated().map { number, property in
            DumpRow(
                kind: "property", number: number,
                fields: [
                    Field(name: "name", value: .text(property.name), width: 20),
                    Field(name: "value", value: .text(property.value), width: 0),
                ])
        }
    }
}

extension DumpRenderer {
    mutating func visit(transactionEntry: InspectedTransactionEntry) -> RecordVisit {
        show(DumpRow(transactionEntry))
    }

    mutating func visit(producerEntry: InspectedProducerEntry) -> RecordVisit {
        show(DumpRow(producerEntry))
    }

    mutating func visit(checkpointRow: InspectedCheckpointRow) -> RecordVisit {
        show(DumpRow(checkpointRow))
    }

    mutating func visit(properties: InspectedProperties) -> RecordVisit {
        for row in DumpRow.rows(of: properties) where show(row) == .stop { return .stop }
        return .continue
    }
}
