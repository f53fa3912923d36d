internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords

/// One `--filter`: `key=TEXT`, `key~RE`, the same with `value` and `header.NAME`.
///
/// `=` compares bytes; `~` looks for the regular expression anywhere in them, in RE2's syntax
/// (`Pattern`). Null fits neither. A value; the printer's thread calls it.
struct RecordFilter: Sendable {
    private enum Part: Equatable {
        case key
        case value
        case header([UInt8])
    }

    private let part: Part
    private let text: [UInt8]
    /// Of an expression; nil compares with the text.
    private var matcher: PatternMatcher?

    /// - Throws: `CommandFailure` of status `usage`.
    init(_ text: String) throws(CommandFailure) {
        guard let (part, isExpression, operand) = RecordFilter.split(text) else {
            throw .usage(
                """
                '\(text)' is no filter; write key=TEXT, key~RE, value=TEXT, value~RE, \
                header.NAME=TEXT or header.NAME~RE
                """)
        }
        self.part = part
        self.text = Array(operand.utf8)
        guard isExpression else { return }
        do throws(PatternError) {
            matcher = PatternMatcher(try Pattern(operand), .anywhere)
        } catch {
            throw .usage("'\(operand)' is no regular expression: \(error)")
        }
    }

    /// A header's name ends at the first `=` or `~`.
    private static func split(_ text: String) -> (Part, isExpression: Bool, operand: String)? {
        guard let sign = text.firstIndex(where: { $0 == "=" || $0 == "~" }) else { return nil }
        let name = text[..<sign]
        let part: Part
        switch name {
        case "key": part = .key
        case "value": part = .value
        default:
            guard name.hasPrefix("header."), name.utf8.count > 7 else { return nil }
            part = .header(Array(name.dropFirst(7).utf8))
        }
        return (part, text[sign] == "~", String(text[text.index(after: sign)...]))
    }

    /// Whether a record is to be shown. Of several headers of the name one has to fit.
    mutating func fits(_ record: ConsumedRecord) -> Bool {
        switch part {
        case .key: return fits(record.key)
        case .value: return fits(record.value)
        case .header(let name):
            var isFound = false
            record.headers.forEach { header, value in
                guard !isFound, header.elementsEqual(name) else { return }
                isFound = fits(value)
            }
            return isFound
        }
    }

    private mutating func fits(_ bytes: UnsafeRawBufferPointer?) -> Bool {
        guard let bytes else { return false }
        guard matcher != nil else { return bytes.elementsEqual(text) }
        // There is always an answer where steps are not bounded.
        return (matcher?.matches(bytes) ?? nil) ?? false
    }
}
