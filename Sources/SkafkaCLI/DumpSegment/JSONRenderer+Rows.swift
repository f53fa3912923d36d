internal import KafkaLog
internal import KafkaRecords

extension JSONRenderer {
    mutating func show(_ row: DumpRow) -> RecordVisit {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("type", row.number == nil ? "state" : "entry")
        json.field("path", path)
        if let number = row.number { json.field("entry", number) }
        for field in row.fields {
            json.name(field.name)
            switch field.value {
            case .integer(let value): json.integer(value)
            case .text(let text): json.string(text)
            case .null: json.null()
            case .json(let bytes):
                json.value { output in bytes.withUnsafeBytes { output.append($0) } }
            }
        }
        json.endObject()
        json.endLine()
        return output.failure == nil ? .continue : .stop
    }

    /// One object with the file's own names.
    mutating func visit(properties: InspectedProperties) -> RecordVisit {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("type", "properties")
        json.field("path", path)
        json.name("properties")
        json.beginObject()
        for property in properties.properties {
            json.name(escaping: property.name)
            json.string(property.value)
        }
        json.endObject()
        json.endObject()
        json.endLine()
        return output.failure == nil ? .continue : .stop
    }
}
