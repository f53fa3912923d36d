internal import KafkaBase

/// `--property` (or `--reader-property`) of Kafka's console producer: how keys and headers stand in
/// a line. The names and what they mean are those of its `LineMessageReader`.
struct ConsoleProperties: Equatable, Sendable {
    var parsesKey = false
    var keySeparator: [UInt8] = [0x09]
    var parsesHeaders = false
    var headersDelimiter: [UInt8] = [0x09]
    var headersSeparator: [UInt8] = [UInt8(ascii: ",")]
    var headerKeySeparator: [UInt8] = [UInt8(ascii: ":")]
    var ignoresErrors = false
    /// A key, value or header that is this text is null.
    var nullMarker: [UInt8]?

    private static let names = [
        "parse.key", "key.separator", "parse.headers", "headers.delimiter", "headers.separator",
        "headers.key.separator", "ignore.error", "null.marker",
    ]

    /// - Parameter texts: `NAME=VALUE` each.
    /// - Throws: `CommandFailure` of status `usage`.
    init(_ texts: [String]) throws(CommandFailure) {
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw .usage("'\(text)' is no property; write --property name=value")
            }
            let name = String(text[..<equals])
            let value = String(text[text.index(after: equals)...])
            try apply(name, value)
        }
        if parsesHeaders || parsesKey { return }
        guard texts.isEmpty || nullMarker != nil || ignoresErrors else {
            throw .usage("--property needs parse.key=true or parse.headers=true to mean anything")
        }
    }

    private mutating func apply(_ name: String, _ value: String) throws(CommandFailure) {
        switch name {
        case "parse.key": parsesKey = try ConsoleProperties.flag(name, value)
        case "parse.headers": parsesHeaders = try ConsoleProperties.flag(name, value)
        case "ignore.error": ignoresErrors = try ConsoleProperties.flag(name, value)
        case "key.separator": keySeparator = try ConsoleProperties.separator(name, value)
        case "headers.delimiter": headersDelimiter = try ConsoleProperties.separator(name, value)
        case "headers.separator": headersSeparator = try ConsoleProperties.separator(name, value)
        case "headers.key.separator":
            headerKeySeparator = try ConsoleProperties.separator(name, value)
        case "null.marker": nullMarker = Array(value.utf8)
        default:
            let nearest = NearestName.of(name, among: ConsoleProperties.names)
            throw .usage(
                "unknown property \(name)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
        }
    }

    private static func flag(_ name: String, _ value: String) throws(CommandFailure) -> Bool {
        guard let isOn = Bool(value.lowercased()) else {
            throw .usage("invalid value '\(value)' of property \(name); write true or false")
        }
        return isOn
    }

    private static func separator(
        _ name: String, _ value: String
    ) throws(CommandFailure) -> [UInt8] {
        let bytes = try EscapedText.bytes(of: value, option: "property \(name)")
        guard !bytes.isEmpty else { throw .usage("property \(name) must not be empty") }
        return bytes
    }
}
