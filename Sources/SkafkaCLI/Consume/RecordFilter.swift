internal import KafkaClient
internal import KafkaRecords

/// One `--filter`: `key=TEXT`, `key~RE`, the same with `value` and `header.NAME`.
///
/// `=` compares bytes; `~` looks for the regular expression anywhere in the text, in Swift's own
/// dialect (what Perl and Java programmers write). Null fits neither. The engine goes back over its
/// steps where an expression leaves it the choice, so one such as `(a+)+b` takes long on text that
/// is made for it; the expression is the user's own, and Ctrl-C ends it. The printer's thread calls
/// it; hence unchecked: an expression is compiled when it is first used.
final class RecordFilter: @unchecked Sendable {
    private enum Part: Equatable {
        case key
        case value
        case header([UInt8])
    }

    private enum Test {
        case equals([UInt8])
        case fits(Regex<AnyRegexOutput>)
    }

    private let part: Part
    private let test: Test

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
        guard isExpression else {
            test = .equals(Array(operand.utf8))
            return
        }
        do {
            test = .fits(try Regex(operand).matchingSemantics(.unicodeScalar))
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
    func fits(_ record: ConsumedRecord) -> Bool {
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

    private func fits(_ bytes: UnsafeRawBufferPointer?) -> Bool {
        guard let bytes else { return false }
        switch test {
        case .equals(let text): return bytes.elementsEqual(text)
        case .fits(let regex):
            return (try? regex.firstMatch(in: String(decoding: bytes, as: UTF8.self))) != nil
        }
    }
}
