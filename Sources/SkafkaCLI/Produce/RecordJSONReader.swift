internal import KafkaBase
internal import KafkaRecords
internal import Platform

/// Reads the JSON Lines that `RecordJSON` writes.
///
/// Strict: an unknown field, a field twice or text behind the object is an error. Owns the memory
/// that escaped and encoded fields are unpacked into and uses it again, so that nothing is
/// allocated per record. One owner.
final class RecordJSONReader {
    /// One field as it lies in the line: a string, nested JSON, or null.
    private struct Field {
        /// Nil when it is missing.
        var raw: UnsafeRawBufferPointer?
        var isNull = false
        var text: JSONScanner.Text?
        var encoding: ByteEncoding?
    }

    private(set) var headers = EncodedHeaders()
    private var keyBytes: [UInt8] = []
    private var valueBytes: [UInt8] = []
    private var nameBytes: [UInt8] = []

    /// Reads one line and hands the record out while its pointers hold.
    ///
    /// - Throws: `JSONScanner.Failure`.
    func read<Result>(
        _ line: UnsafeRawBufferPointer, _ body: (InputRecord) -> Result
    ) throws(JSONScanner.Failure) -> Result {
        guard UTF8Check.isValid(line) else {
            throw JSONScanner.Failure(position: 0, reason: "not UTF-8")
        }
        headers.removeAll()
        var scanner = JSONScanner(line)
        var record = InputRecord()
        var key = Field()
        var value = Field()
        var seen: UInt16 = 0
        try scanner.expect(UInt8(ascii: "{"))
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                let name = try fieldName(&scanner)
                guard seen & 1 << name.rawValue == 0 else {
                    throw scanner.failure("field \"\(name)\" stands twice")
                }
                seen |= 1 << name.rawValue
                try readField(name, &scanner, &record, &key, &value)
            } while scanner.take(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "}"))
        }
        guard scanner.peek() == nil else { throw scanner.failure("text behind the object") }
        try unpack(key, into: &keyBytes, "key")
        try unpack(value, into: &valueBytes, "value")
        return keyBytes.withUnsafeBytes { keyRoom in
            valueBytes.withUnsafeBytes { valueRoom in
                record.key = RecordJSONReader.bytes(of: key, keyRoom)
                record.value = RecordJSONReader.bytes(of: value, valueRoom)
                record.headers = headers.count > 0 ? headers : nil
                return body(record)
            }
        }
    }

    /// Headers alone, as `%h{json}` shows them.
    ///
    /// - Throws: `JSONScanner.Failure`.
    func readHeaders(
        _ text: UnsafeRawBufferPointer
    ) throws(JSONScanner.Failure) -> EncodedHeaders {
        headers.removeAll()
        var scanner = JSONScanner(text)
        try readHeaders(&scanner)
        return headers
    }

    private enum FieldName: UInt16, CaseIterable {
        case topic, partition, offset, timestamp, timestampType, headers, control
        case key, keyEncoding, value, valueEncoding

        /// The names as bytes, in the cases' order.
        private static let names: [StaticString] = [
            "topic", "partition", "offset", "timestamp", "timestampType", "headers", "control",
            "key", "keyEncoding", "value", "valueEncoding",
        ]

        /// - Returns: nil for an unknown name, or one that is spelled with escapes.
        init?(_ text: UnsafeRawBufferPointer) {
            guard let start = text.baseAddress else { return nil }
            for (index, name) in FieldName.names.enumerated()
            where name.utf8CodeUnitCount == text.count
                && memcmp(name.utf8Start, start, text.count) == 0
            {
                self.init(rawValue: UInt16(index))
                return
            }
            return nil
        }
    }

    private func fieldName(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) -> FieldName {
        let text = try scanner.string()
        try scanner.expect(UInt8(ascii: ":"))
        guard let name = FieldName(text.bytes) else {
            let given = String(decoding: text.bytes, as: UTF8.self)
            let nearest = NearestName.of(given, among: FieldName.allCases.map { "\($0)" })
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw scanner.failure("unknown field \"\(given)\"\(hint)")
        }
        return name
    }

    private func readField(
        _ name: FieldName, _ scanner: inout JSONScanner, _ record: inout InputRecord,
        _ key: inout Field, _ value: inout Field
    ) throws(JSONScanner.Failure) {
        // As if it were missing; of keys and values it is the value.
        if name != .key, name != .value, scanner.takeNull() { return }
        switch name {
        case .topic, .timestampType: _ = try scanner.string()
        case .offset: _ = try scanner.integer()
        case .control:
            record.isControl = scanner.peek() == UInt8(ascii: "t")
            try scanner.skipValue()
        case .partition:
            guard let partition = Int32(exactly: try scanner.integer()), partition >= 0 else {
                throw scanner.failure("partition out of range")
            }
            record.partition = partition
        case .timestamp: record.timestamp = try scanner.integer()
        case .headers: try readHeaders(&scanner)
        case .key: try readData(&scanner, &key)
        case .value: try readData(&scanner, &value)
        case .keyEncoding: key.encoding = try encoding(&scanner)
        case .valueEncoding: value.encoding = try encoding(&scanner)
        }
    }

    /// A string, null, or what `"…Encoding":"json"` will say is nested JSON.
    private func readData(
        _ scanner: inout JSONScanner, _ field: inout Field
    ) throws(JSONScanner.Failure) {
        let isString = scanner.peek() == UInt8(ascii: "\"")
        field.isNull = scanner.peek() == UInt8(ascii: "n")
        let start = scanner.position
        if isString {
            field.text = try scanner.string()
        } else {
            try scanner.skipValue()
        }
        field.raw = UnsafeRawBufferPointer(rebasing: scanner.bytes[start..<scanner.position])
    }

    private func encoding(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) -> ByteEncoding
    {
        let text = try string(&scanner)
        guard let encoding = ByteEncoding(rawValue: text) else {
            throw scanner.failure("unknown encoding \"\(text)\"; utf8, hex, base64 or json")
        }
        return encoding
    }

    private func string(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) -> String {
        let text = try scanner.string()
        nameBytes.removeAll(keepingCapacity: true)
        guard text.append(to: &nameBytes) else { throw scanner.failure("half a surrogate pair") }
        return String(decoding: nameBytes, as: UTF8.self)
    }

    /// `[{"key":"h","value":"x","encoding":"base64"},…]`
    private func readHeaders(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) {
        if scanner.takeNull() { return }
        try scanner.expect(UInt8(ascii: "["))
        if scanner.take(UInt8(ascii: "]")) { return }
        repeat { try readHeader(&scanner) } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
    }

    private func readHeader(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) {
        var name: Field?
        var nameEncoding: ByteEncoding?
        var value = Field()
        try scanner.expect(UInt8(ascii: "{"))
        repeat {
            let field = try string(&scanner)
            try scanner.expect(UInt8(ascii: ":"))
            switch field {
            case "key":
                var data = Field()
                try readData(&scanner, &data)
                name = data
            case "keyEncoding": nameEncoding = try encoding(&scanner)
            case "value": try readData(&scanner, &value)
            case "encoding": value.encoding = try encoding(&scanner)
            default: throw scanner.failure("unknown field \"\(field)\" in a header")
            }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
        guard var name, name.text != nil else {
            throw scanner.failure("a header without \"key\"")
        }
        name.encoding = nameEncoding
        try unpack(name, into: &keyBytes, "header's key")
        try unpack(value, into: &valueBytes, "header's value")
        keyBytes.withUnsafeBytes { nameRoom in
            valueBytes.withUnsafeBytes { valueRoom in
                guard let name = RecordJSONReader.bytes(of: name, nameRoom) else { return }
                headers.append(name: name, value: RecordJSONReader.bytes(of: value, valueRoom))
            }
        }
    }

    /// Brings what does not lie in the line as it is into `room`.
    private func unpack(
        _ field: Field, into room: inout [UInt8], _ what: String
    ) throws(JSONScanner.Failure) {
        room.removeAll(keepingCapacity: true)
        let position = 0
        guard let text = field.text else {
            guard field.raw == nil || field.isNull || field.encoding == .json else {
                throw JSONScanner.Failure(
                    position: position,
                    reason: "\(what) is no string; nested JSON needs \"\(what)Encoding\":\"json\"")
            }
            return
        }
        switch field.encoding {
        case .utf8?, nil:
            if text.hasEscapes, !text.append(to: &room) {
                throw JSONScanner.Failure(
                    position: position, reason: "half a surrogate pair in \(what)")
            }
        case .json?: break
        case .hex?:
            guard HexText.decode(text.bytes, into: &room) else {
                throw JSONScanner.Failure(position: position, reason: "\(what) is not hexadecimal")
            }
        case .base64?:
            guard Base64.decode(text.bytes, into: &room) else {
                throw JSONScanner.Failure(position: position, reason: "\(what) is not Base64")
            }
        }
    }

    /// Where the field's bytes are once `unpack` has run; nil is null.
    private static func bytes(
        of field: Field, _ room: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        // The word null under `json` is the record's text; a null record has no encoding.
        guard let text = field.text else { return field.encoding == .json ? field.raw : nil }
        switch field.encoding {
        case .utf8?, nil: return text.hasEscapes ? room : text.bytes
        case .json?: return field.raw
        case .hex?, .base64?: return room
        }
    }
}
