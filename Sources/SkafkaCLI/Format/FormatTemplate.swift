/// An output format, compiled once: `%t %p %o %k %s %v %S %V %K %T %d %h %e %%`, modifiers in
/// braces, escapes.
///
/// The tokens are trivial values (literals lie together in one array), so that formatting a record
/// neither allocates nor counts references.
struct FormatTemplate: Sendable {
    enum Token: Equatable, Sendable {
        /// A range of `literals`.
        case literal(start: Int, count: Int)
        case topic(ByteEncoding)
        case partition(NumberForm)
        case offset(NumberForm)
        case key(ByteEncoding)
        case value(ByteEncoding)
        case keyNumber(NumberDecoding)
        case valueNumber(NumberDecoding)
        case keyLength(NumberForm)
        case valueLength(NumberForm)
        case timestamp(NumberForm)
        /// An index into `dateFormats`, nil for RFC 3339.
        case date(Int?)
        case headers(ByteEncoding)
        case leaderEpoch(NumberForm)
        /// `CreateTime:1700000000000`, as Kafka's console consumer shows it.
        case consoleTimestamp
        /// `a:b` with the literal between them, as Kafka's console consumer shows them.
        case consoleHeaders(separatorStart: Int, count: Int)
    }

    private(set) var tokens: [Token] = []
    private(set) var literals: [UInt8] = []
    private(set) var dateFormats: [[CChar]] = []
    /// What null keys and values are shown as.
    private(set) var nullText: [UInt8] = []

    /// Whether this is the value and a newline, which has a fast path.
    var isValueLine: Bool {
        tokens == [.value(.utf8), .literal(start: 0, count: 1)] && literals == [0x0A]
            && nullText.isEmpty
    }

    /// - Parameters:
    ///   - keyEncoding: for `%k` without a modifier, likewise `valueEncoding` for `%v` and `%s`.
    /// - Throws: `CommandFailure` of status `usage`.
    init(
        _ text: String, option: String = "--format", keyEncoding: ByteEncoding = .utf8,
        valueEncoding: ByteEncoding = .utf8
    ) throws(CommandFailure) {
        var parser = FormatParser(text, option: option)
        while let piece = try parser.next() {
            switch piece {
            case .literal(let bytes): appendLiteral(bytes)
            case .token(let letter, let modifier):
                try tokens.append(
                    makeToken(letter, modifier, parser, keyEncoding, valueEncoding))
            }
        }
    }

    /// Of tokens that are made elsewhere.
    ///
    /// - Parameter nullText: what null keys and values are shown as.
    init(_ pieces: [Piece], nullText: [UInt8] = []) {
        self.nullText = nullText
        for piece in pieces {
            switch piece {
            case .literal(let bytes): appendLiteral(bytes)
            case .token(let token): tokens.append(token)
            case .consoleHeaders(let separator):
                tokens.append(
                    .consoleHeaders(separatorStart: literals.count, count: separator.count))
                literals += separator
            }
        }
    }

    enum Piece {
        case literal([UInt8])
        case token(Token)
        case consoleHeaders(separator: [UInt8])
    }

    /// The same, with a text for null keys and values.
    func showingNull(as text: [UInt8]) -> FormatTemplate {
        var template = self
        template.nullText = text
        return template
    }

    private mutating func appendLiteral(_ bytes: [UInt8]) {
        if case .literal(let start, let count)? = tokens.last {
            tokens[tokens.count - 1] = .literal(start: start, count: count + bytes.count)
        } else {
            tokens.append(.literal(start: literals.count, count: bytes.count))
        }
        literals += bytes
    }

    private mutating func makeToken(
        _ letter: Character, _ modifier: String?, _ parser: FormatParser,
        _ keyEncoding: ByteEncoding, _ valueEncoding: ByteEncoding
    ) throws(CommandFailure) -> Token {
        if let number = modifier.flatMap(NumberDecoding.init) {
            if letter == "k" { return .keyNumber(number) }
            if letter == "v" || letter == "s" { return .valueNumber(number) }
        }
        switch letter {
        case "t": return .topic(try parser.encoding(modifier, letter) ?? .utf8)
        case "k": return .key(try parser.encoding(modifier, letter) ?? keyEncoding)
        case "s", "v": return .value(try parser.encoding(modifier, letter) ?? valueEncoding)
        case "h": return .headers(try parser.encoding(modifier, letter) ?? .utf8)
        case "p": return .partition(try parser.number(modifier, letter))
        case "o": return .offset(try parser.number(modifier, letter))
        case "K": return .keyLength(try parser.number(modifier, letter))
        case "S", "V": return .valueLength(try parser.number(modifier, letter))
        case "T": return .timestamp(try parser.number(modifier, letter))
        case "e": return .leaderEpoch(try parser.number(modifier, letter))
        case "d":
            guard let modifier else { return .date(nil) }
            dateFormats.append(try parser.dateFormat(modifier))
            return .date(dateFormats.count - 1)
        default:
            throw parser.failure("unknown token %\(letter)")
        }
    }
}

extension FormatTemplate {
    /// Shows a record.
    @inline(__always)
    func append(_ record: RecordFields, to output: OutputBuffer) {
        for token in tokens { append(token, record, to: output) }
    }

    private func append(_ token: Token, _ record: RecordFields, to output: OutputBuffer) {
        switch token {
        case .literal(let start, let count):
            literals.withUnsafeBytes {
                output.append(UnsafeRawBufferPointer(rebasing: $0[start..<start + count]))
            }
        case .topic(let encoding): output.append(record.topic, as: encoding)
        case .partition(let form): output.append(Int64(record.partition), as: form)
        case .offset(let form): output.append(record.offset, as: form)
        case .key(let encoding): append(record.key, encoding, to: output)
        case .value(let encoding): append(record.value, encoding, to: output)
        case .keyNumber(let number): append(record.key, number, to: output)
        case .valueNumber(let number): append(record.value, number, to: output)
        // A null has length -1, as in the protocol and in kcat.
        case .keyLength(let form): output.append(Int64(record.key?.count ?? -1), as: form)
        case .valueLength(let form): output.append(Int64(record.value?.count ?? -1), as: form)
        case .timestamp(let form): output.append(record.timestamp, as: form)
        case .date(nil): output.append(CivilTime.rfc3339(record.timestamp))
        case .date(let index?):
            output.append(CivilTime.formatted(record.timestamp, dateFormats[index]))
        case .headers(let encoding):
            HeaderText.append(record.headers, as: encoding, to: output)
        case .leaderEpoch(let form): output.append(Int64(record.leaderEpoch), as: form)
        case .consoleTimestamp: ConsoleText.appendTimestamp(record, to: output)
        case .consoleHeaders(let start, let count):
            ConsoleText.append(
                record.headers, separator: literals[start..<start + count], null: nullText,
                to: output)
        }
    }

    /// Whether there are keys or values that have to be numbers.
    var decodesNumbers: Bool {
        tokens.contains { token in
            switch token {
            case .keyNumber, .valueNumber: true
            default: false
            }
        }
    }

    /// What of a record is not the number that is to be shown; nil where all is.
    func mismatch(_ record: RecordFields) -> String? {
        for token in tokens {
            switch token {
            case .keyNumber(let number):
                if let bytes = record.key, number.text(of: bytes) == nil {
                    return "a key of \(bytes.count) bytes is no \(number.rawValue)"
                }
            case .valueNumber(let number):
                if let bytes = record.value, number.text(of: bytes) == nil {
                    return "a value of \(bytes.count) bytes is no \(number.rawValue)"
                }
            default: continue
            }
        }
        return nil
    }

    /// What is no number comes as hexadecimal.
    private func append(
        _ bytes: UnsafeRawBufferPointer?, _ number: NumberDecoding, to output: OutputBuffer
    ) {
        guard let bytes else { return append(nil, .utf8, to: output) }
        if let text = number.text(of: bytes) {
            output.append(text)
        } else {
            output.append("0x" as StaticString)
            output.appendHex(bytes)
        }
    }

    @inline(__always)
    private func append(
        _ bytes: UnsafeRawBufferPointer?, _ encoding: ByteEncoding, to output: OutputBuffer
    ) {
        if bytes == nil, !nullText.isEmpty, encoding != .json {
            return nullText.withUnsafeBytes { output.append($0) }
        }
        output.append(bytes, as: encoding)
    }
}
