/// Cuts what is typed in the shell into words and signs, by the shell's rules: blanks separate,
/// `'…'`, `"…"` and `\` quote, `#` at the begin of a word opens a comment.
///
/// A value over the text's bytes; special is ASCII alone, so that UTF-8 passes as it is. Nothing is
/// expanded but `~/` at the begin of a word. Text that ends within quotes is no error here: whoever
/// completes a half-typed line wants to see it.
struct ShellLexer {
    enum Token: Equatable {
        case word(Word)
        /// `>`, or `>>`.
        case output(appends: Bool)
        /// `<`
        case input
        /// `|`
        case pipe
        /// `;` or the end of a line.
        case end
    }

    struct Word: Equatable {
        var text: String
        /// Where it stands, in bytes.
        var range: Range<Int>
        /// Whether no part of it is quoted.
        var isBare = true
        /// What it is still within at the text's end.
        var open: Quote?
    }

    enum Quote: Equatable {
        case single
        case double
        /// A backslash with nothing behind it.
        case escape
    }

    let bytes: [UInt8]
    private let home: String?
    private(set) var position = 0

    /// - Parameter home: what `~` means; nil for itself.
    init(_ bytes: [UInt8], home: String? = nil) {
        self.bytes = bytes
        self.home = home
    }

    /// The next token; nil at the end of the text.
    mutating func next() -> Token? {
        skipBlanks()
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "\n"), UInt8(ascii: ";"):
            position += 1
            return .end
        case UInt8(ascii: "|"):
            position += 1
            return .pipe
        case UInt8(ascii: "<"):
            position += 1
            return .input
        case UInt8(ascii: ">"):
            position += 1
            return .output(appends: take(UInt8(ascii: ">")))
        default: return .word(word())
        }
    }

    /// Whether the next byte, without a blank before it, is this one.
    func isNext(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard isNext(byte) else { return false }
        position += 1
        return true
    }

    /// Skips blanks, comments, and line ends behind a backslash.
    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "\\")
            where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\n"):
                position += 2
            case UInt8(ascii: "#"):
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
                    position += 1
                }
            default: return
            }
        }
    }

    private mutating func word() -> Word {
        let start = position
        var text: [UInt8] = []
        var word = Word(text: "", range: start..<start)
        expandHome(into: &text)
        scan: while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case _ where ShellLexer.endsWord(byte): break scan
            case UInt8(ascii: "'"):
                word.isBare = false
                position += 1
                word.open = takeSingle(&text) ? nil : .single
            case UInt8(ascii: "\""):
                word.isBare = false
                position += 1
                word.open = takeDouble(&text) ? nil : .double
            case UInt8(ascii: "\\"):
                word.isBare = false
                position += 1
                word.open = takeEscape(&text) ? nil : .escape
            default:
                text.append(byte)
                position += 1
            }
        }
        word.text = String(decoding: text, as: UTF8.self)
        word.range = start..<position
        return word
    }

    private mutating func expandHome(into text: inout [UInt8]) {
        guard let home, isNext(UInt8(ascii: "~")) else { return }
        let next = position + 1 < bytes.count ? bytes[position + 1] : UInt8(ascii: " ")
        guard next == UInt8(ascii: "/") || ShellLexer.endsWord(next) else { return }
        text += home.utf8
        position += 1
    }

    static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
            UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"):
            true
        default: false
        }
    }

    /// - Returns: whether the quote was closed, as of the next two.
    private mutating func takeSingle(_ text: inout [UInt8]) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "'") { return true }
            text.append(byte)
        }
        return false
    }

    private mutating func takeDouble(_ text: inout [UInt8]) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard position < bytes.count else { return false }
                let escaped = bytes[position]
                position += 1
                switch escaped {
                case UInt8(ascii: "\n"): break
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"):
                    text.append(escaped)
                // As sh has it, so that formats like "%v\n" keep their escapes.
                default: text += [byte, escaped]
                }
            default: text.append(byte)
            }
        }
        return false
    }

    private mutating func takeEscape(_ text: inout [UInt8]) -> Bool {
        guard position < bytes.count else { return false }
        if bytes[position] != UInt8(ascii: "\n") { text.append(bytes[position]) }
        position += 1
        return true
    }

    /// The text for /bin/sh behind a `|`: up to a `;` or the line's end that is neither quoted nor
    /// in parentheses.
    ///
    /// - Returns: nil when a quote or a parenthesis is not closed.
    mutating func pipeline() -> String? {
        let start = position
        var depth = 0
        var ignored: [UInt8] = []
        scan: while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: ";"):
                if depth == 0 { break scan }
                position += 1
            case UInt8(ascii: "'"):
                position += 1
                if !takeSingle(&ignored) { return nil }
            case UInt8(ascii: "\""):
                position += 1
                if !takeDouble(&ignored) { return nil }
            case UInt8(ascii: "\\"):
                position += 1
                if !takeEscape(&ignored) { return nil }
            case UInt8(ascii: "("):
                depth += 1
                position += 1
            case UInt8(ascii: ")"):
                depth = max(0, depth - 1)
                position += 1
            default: position += 1
            }
        }
        guard depth == 0 else { return nil }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
