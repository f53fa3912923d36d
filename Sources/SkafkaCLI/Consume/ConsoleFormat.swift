/// The output of `kafka-console-consumer --property print.key=true …` (Java's
/// `DefaultMessageFormatter`), with its defaults.
struct ConsoleFormat {
    private enum Part: String, CaseIterable {
        case timestamp, partition, offset, epoch, headers, key, value
    }

    private var shown: Set<Part> = [.value]
    private var keySeparator: [UInt8] = [0x09]
    private var lineSeparator: [UInt8] = [0x0A]
    private var headersSeparator = Array(",".utf8)
    private var nullText = Array("null".utf8)
    /// Nil shows the bytes as they are.
    private var keyNumber: NumberDecoding?
    private var valueNumber: NumberDecoding?

    /// - Parameter properties: `name=value`.
    /// - Throws: `CommandFailure` of status `usage`.
    init(_ properties: [String]) throws(CommandFailure) {
        for property in properties {
            guard let equals = property.firstIndex(of: "=") else {
                throw .usage("'\(property)' is no property; write --property name=value")
            }
            try apply(
                String(property[..<equals]), String(property[property.index(after: equals)...]))
        }
    }

    private mutating func apply(_ name: String, _ value: String) throws(CommandFailure) {
        switch name {
        case "key.separator": keySeparator = bytes(value)
        case "line.separator": lineSeparator = bytes(value)
        case "headers.separator": headersSeparator = bytes(value)
        case "null.literal": nullText = bytes(value)
        case "key.deserializer": keyNumber = try number(name, value)
        case "value.deserializer": valueNumber = try number(name, value)
        case "headers.deserializer", "header.deserializer":
            guard try number(name, value) == nil else {
                throw .usage("headers are shown as they are; %h{base64} and {json} are others")
            }
        default:
            guard name.hasPrefix("print."), let part = Part(rawValue: String(name.dropFirst(6)))
            else {
                throw .usage(
                    """
                    unknown property \(name); there are print.key, .value, .timestamp, \
                    .partition, .offset, .epoch and .headers, key.separator, line.separator, \
                    headers.separator and null.literal
                    """)
            }
            if value.lowercased() == "true" { shown.insert(part) } else { shown.remove(part) }
        }
    }

    /// The number that a deserializer of Kafka's reads; nil for those that leave text as it is.
    private func number(
        _ name: String, _ deserializer: String
    ) throws(CommandFailure) -> NumberDecoding? {
        let known = "org.apache.kafka.common.serialization."
        let isQualified = deserializer.hasPrefix(known)
        switch isQualified ? deserializer.dropFirst(known.count) : Substring(deserializer) {
        case "StringDeserializer", "ByteArrayDeserializer", "BytesDeserializer",
            "UUIDDeserializer":
            return nil
        case "ShortDeserializer": return .int16
        case "IntegerDeserializer": return .int32
        case "LongDeserializer": return .int64
        case "FloatDeserializer": return .float32
        case "DoubleDeserializer": return .float64
        case "BooleanDeserializer": return .bool
        default:
            throw .usage(
                """
                \(name) \(deserializer) is not there, as classes are not loaded; there are \
                String, ByteArray, UUID, Boolean, Short, Integer, Long, Float and \
                DoubleDeserializer, and -f '%v{hex}'
                """)
        }
    }

    /// Escapes as elsewhere; what is none stands for itself, as in Java.
    private func bytes(_ text: String) -> [UInt8] {
        (try? EscapedText.bytes(of: text, option: "--property")) ?? Array(text.utf8)
    }

    var template: FormatTemplate {
        var pieces: [FormatTemplate.Piece] = []
        let parts = Part.allCases.filter(shown.contains)
        for (index, part) in parts.enumerated() {
            pieces += text(of: part)
            let isLast = index == parts.count - 1
            pieces.append(.literal(isLast ? lineSeparator : keySeparator))
        }
        return FormatTemplate(pieces, nullText: nullText)
    }

    private func text(of part: Part) -> [FormatTemplate.Piece] {
        switch part {
        case .timestamp: [.token(.consoleTimestamp)]
        case .partition: [.literal(Array("Partition:".utf8)), .token(.partition(.decimal))]
        case .offset: [.literal(Array("Offset:".utf8)), .token(.offset(.decimal))]
        case .epoch: [.literal(Array("Epoch:".utf8)), .token(.leaderEpoch(.decimal))]
        case .headers: [.consoleHeaders(separator: headersSeparator)]
        case .key: [.token(keyNumber.map { .keyNumber($0) } ?? .key(.utf8))]
        case .value: [.token(valueNumber.map { .valueNumber($0) } ?? .value(.utf8))]
        }
    }
}
