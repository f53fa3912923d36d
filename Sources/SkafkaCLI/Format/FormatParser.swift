/// Cuts a format string into literals and tokens; input and output formats share it.
struct FormatParser {
    enum Piece: Equatable {
        case literal([UInt8])
        /// A letter and what stood in braces behind it.
        case token(Character, modifier: String?)
    }

    let text: String
    /// Named in messages.
    let option: String
    private var rest: Substring

    init(_ text: String, option: String) {
        self.text = text
        self.option = option
        rest = text[...]
    }

    /// The next piece, nil at the end.
    mutating func next() throws(CommandFailure) -> Piece? {
        guard let first = rest.first else { return nil }
        guard first == "%" else {
            let literal = rest.prefix { $0 != "%" }
            rest = rest[literal.endIndex...]
            return .literal(try EscapedText.bytes(of: String(literal), option: option))
        }
        rest.removeFirst()
        guard let letter = rest.popFirst() else { throw failure("a % stands at the end") }
        if letter == "%" { return .literal([UInt8(ascii: "%")]) }
        // kcat's name of the same.
        if letter == "R" { return .token("V", modifier: "big32") }
        guard rest.first == "{" else { return .token(letter, modifier: nil) }
        guard let close = closingBrace() else { throw failure("{ without }") }
        let modifier = String(rest[rest.index(after: rest.startIndex)..<close])
        rest = rest[rest.index(after: close)...]
        return .token(letter, modifier: modifier)
    }

    /// `strftime[…]` may hold braces, so its end is `]}`.
    private func closingBrace() -> String.Index? {
        if rest.hasPrefix("{strftime["), let end = rest.firstRange(of: "]}") {
            return rest.index(before: end.upperBound)
        }
        return rest.firstIndex(of: "}")
    }

    /// The encoding that a modifier names, nil without one.
    func encoding(
        _ modifier: String?, _ letter: Character
    ) throws(CommandFailure) -> ByteEncoding? {
        guard let modifier else { return nil }
        guard let encoding = ByteEncoding(rawValue: modifier) else {
            let numbers = ["k", "v", "s"].contains(letter) ? ", numbers like {int32}" : ""
            throw failure(
                "%\(letter) knows {hex}, {base64} and {json}\(numbers), not {\(modifier)}")
        }
        return encoding
    }

    func number(_ modifier: String?, _ letter: Character) throws(CommandFailure) -> NumberForm {
        guard let modifier else { return .decimal }
        guard let form = NumberForm(modifier) else {
            throw failure(
                "%\(letter) knows {ascii} and {big32}, {little32} and the like, not {\(modifier)}")
        }
        return form
    }

    /// The format between the brackets, with its closing zero.
    func dateFormat(_ modifier: String) throws(CommandFailure) -> [CChar] {
        let prefix = "strftime["
        guard modifier.hasPrefix(prefix), modifier.hasSuffix("]") else {
            throw failure("%d knows {strftime[FORMAT]}, not {\(modifier)}")
        }
        let format = modifier.dropFirst(prefix.count).dropLast()
        return format.utf8.map { CChar(bitPattern: $0) } + [0]
    }

    func failure(_ reason: String) -> CommandFailure {
        .usage("\(reason) in \(option) '\(text)'; see 'skafka consume --help' for the tokens")
    }
}
