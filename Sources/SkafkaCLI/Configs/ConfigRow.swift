internal import KafkaBase
internal import KafkaClient

/// A setting of a resource: a row of `configs describe`.
struct ConfigRow {
    var resource: ConfigResource
    var entry: ConfigEntry

    /// What stands for a value that the broker does not tell.
    private var value: Cell {
        entry.isSensitive && entry.value == nil ? .text("(sensitive)") : .optional(entry.value)
    }

    /// `DYNAMIC_TOPIC_CONFIG:retention.ms=1,DEFAULT_CONFIG:log.retention.hours=168`
    private var synonyms: String {
        entry.synonyms.map { "\($0.source.name):\($0.name)=\($0.value ?? "")" }
            .joined(separator: ",")
    }

    /// - Parameters:
    ///   - withResource: whether each row says whose setting it is.
    ///   - withSynonyms: whether there is a column for them.
    static func layout(withResource: Bool, withSynonyms: Bool) -> RowLayout<ConfigRow> {
        var columns: [RowLayout<ConfigRow>.Column] = [
            .text(withResource ? "KIND" : nil, nil) { .text($0.resource.kind.word) },
            .text(withResource ? "NAME" : nil, nil) { .text($0.resource.word) },
            .text("SETTING", "name") { .text($0.entry.name) },
            .text("VALUE", nil) { $0.value },
            .text(nil, "value") { .optional($0.entry.value) },
            .text("SOURCE", "source") { .text($0.entry.source.name) },
            .text(nil, "type") { .text("\($0.entry.type)") },
            .text(nil, "dynamic") { .bool($0.entry.isDynamic) },
            .text(nil, "default") { .bool($0.entry.isDefault) },
            .text(nil, "readOnly") { .bool($0.entry.isReadOnly) },
            .text(nil, "sensitive") { .bool($0.entry.isSensitive) },
        ]
        if withSynonyms { columns.append(.text("SYNONYMS", nil) { .text($0.synonyms) }) }
        return RowLayout(columns: columns)
    }

    func append(to json: inout JSONWriter) {
        json.beginObject()
        for column in ConfigRow.layout(withResource: false, withSynonyms: false).columns {
            guard let name = column.name else { continue }
            json.name(name)
            column.cell(self).append(to: &json)
        }
        json.name("synonyms")
        json.beginArray()
        for synonym in entry.synonyms {
            json.beginObject()
            json.field("name", synonym.name)
            json.field("value", synonym.value)
            json.field("source", synonym.source.name)
            json.endObject()
        }
        json.endArray()
        if let documentation = entry.documentation { json.field("documentation", documentation) }
        json.endObject()
    }
}
