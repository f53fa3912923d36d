internal import KafkaRecords

extension PlainRenderer {
    mutating func show(_ row: DumpRow) -> RecordVisit {
        begin(row.kind)
        if let number = row.number { cell(Int64(number)) }
        for field in row.fields {
            switch field.value {
            case .integer(let value): cell(value)
            case .null: cell(nil as Int64?)
            case .text(let text): Array(text.utf8).withUnsafeBytes { cell($0) }
            case .json(let bytes): bytes.withUnsafeBytes { cell($0) }
            }
        }
        return end()
    }
}
