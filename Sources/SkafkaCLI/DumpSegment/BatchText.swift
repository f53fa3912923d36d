internal import KafkaLog
internal import KafkaRecords

/// Parts of a batch's row, as text that needs no string.
extension TextCursor {
    /// The codec's name, or its number where no codec has it.
    mutating func put(codecOf batch: InspectedBatch) {
        guard let codec = batch.attributes.codec else {
            return put(decimal: Int64(batch.attributes.codecID))
        }
        put(codec)
    }

    mutating func put(_ codec: CompressionCodec) {
        switch codec {
        case .none: put("none")
        case .gzip: put("gzip")
        case .snappy: put("snappy")
        case .lz4: put("lz4")
        case .zstd: put("zstd")
        }
    }

    mutating func put(_ type: InspectedBatch.TimestampType) {
        switch type {
        case .none: put("NoTimestampType")
        case .createTime: put("CreateTime")
        case .logAppendTime: put("LogAppendTime")
        }
    }

    /// T transactional, C control, A stamped by the broker (LogAppendTime), H has a delete horizon.
    mutating func put(flagsOf batch: InspectedBatch) {
        let start = address
        if batch.header != nil, batch.attributes.isTransactional { put(UInt8(ascii: "T")) }
        if batch.header != nil, batch.attributes.isControl { put(UInt8(ascii: "C")) }
        if batch.timestampType == .logAppendTime { put(UInt8(ascii: "A")) }
        if batch.deleteHorizonMs != nil { put(UInt8(ascii: "H")) }
        if address == start { put(UInt8(ascii: "-")) }
    }
}
