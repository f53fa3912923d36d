internal import KafkaLog

extension JSONRenderer {
    mutating func end(directory: String, summary: DumpSummary) {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("type", "summary")
        json.field("path", directory)
        if let partition = TopicPartitionName(directory: directory) {
            json.field("topic", partition.topic)
            json.field("partition", partition.partition)
        }
        json.field("firstOffset", integer: summary.contents.firstOffset)
        json.field("lastOffset", integer: summary.contents.lastOffset)
        append(summary, to: &json)
    }

    mutating func end(all summary: DumpSummary) {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("type", "total")
        json.field("directories", summary.directories)
        append(summary, to: &json)
    }

    private func append(_ summary: DumpSummary, to json: inout JSONWriter) {
        let contents = summary.contents
        json.field("segments", summary.segments)
        json.field("logBytes", summary.logBytes)
        json.field("batches", contents.batchCount)
        json.field("records", contents.recordCount)
        json.field("batchBytes", contents.batchBytes)
        json.field("uncompressedBytes", contents.uncompressedBytes)
        json.name("compressionRatio")
        json.value { $0.append(summary.ratioText ?? "null") }
        json.name("codecs")
        json.beginObject()
        for codec in summary.codecs {
            json.name(escaping: codec.name)
            json.integer(codec.count)
        }
        json.endObject()
        json.field("minTimestamp", integer: contents.minTimestamp)
        json.field("maxTimestamp", integer: contents.maxTimestamp)
        json.name("producerIds")
        json.beginArray()
        for id in contents.producers.ids { json.integer(id) }
        json.endArray()
        json.field("hasMoreProducers", contents.producers.isIncomplete)
        json.field("transactionalBatches", contents.transactionalCount)
        json.field("controlBatches", contents.controlCount)
        json.field("gaps", contents.gapCount)
        json.name("findings")
        json.beginObject()
        json.field("corruption", summary.findings[.corruption] ?? 0)
        json.field("warning", summary.findings[.warning] ?? 0)
        json.field("note", summary.findings[.note] ?? 0)
        json.endObject()
        json.endObject()
        json.endLine()
    }
}

extension JSONWriter {
    /// A number, or null.
    fileprivate mutating func field(_ name: StaticString, integer: Int64?) {
        self.name(name)
        if let integer { self.integer(integer) } else { null() }
    }
}
