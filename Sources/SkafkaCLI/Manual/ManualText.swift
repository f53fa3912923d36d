/// Text of a manual page in mdoc(7), line by line.
struct ManualText {
    private(set) var text = ""

    /// Longer lines are broken.
    private static let columns = 78

    /// A macro and its arguments, which are escaped already.
    mutating func macro(_ line: String) {
        text += ".\(line)\n"
    }

    /// Running text, a sentence a line; `paragraphs` are separated.
    mutating func prose(_ paragraphs: String) {
        for (index, paragraph) in paragraphs.split(separator: "\n").enumerated() {
            if index > 0 { macro("Pp") }
            for sentence in ManualText.sentences(of: paragraph) { wrap(sentence) }
        }
    }

    /// Lines as they are.
    mutating func literal(_ lines: [String]) {
        macro("Bd -literal -offset indent")
        for line in lines { text += ManualText.lineStart(ManualText.escaped(line)) + "\n" }
        macro("Ed")
    }

    private mutating func wrap(_ sentence: String) {
        var line = ""
        for word in sentence.split(separator: " ") {
            let word = ManualText.escaped(String(word))
            if !line.isEmpty, line.count + 1 + word.count > ManualText.columns {
                text += ManualText.lineStart(line) + "\n"
                line = ""
            }
            line += line.isEmpty ? word : " \(word)"
        }
        if !line.isEmpty { text += ManualText.lineStart(line) + "\n" }
    }

    /// A point before a blank and a capital ends one.
    private static func sentences(of paragraph: Substring) -> [String] {
        var sentences: [String] = []
        var sentence = ""
        for word in paragraph.split(separator: " ") {
            if sentence.hasSuffix("."), word.first?.isUppercase == true {
                sentences.append(sentence)
                sentence = ""
            }
            sentence += sentence.isEmpty ? String(word) : " \(word)"
        }
        return sentence.isEmpty ? sentences : sentences + [sentence]
    }

    /// Without signs that mean something to the formatter; ASCII alone.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "\"": result += "\\(dq"
            case "…": result += "..."
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default: result += "\\[u\(ManualText.hexadecimal(scalar.value))]"
            }
        }
        return result
    }

    /// At least four digits, as the formatter wants them.
    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// A point or a quote at the begin of a line would make it a macro.
    private static func lineStart(_ line: String) -> String {
        line.hasPrefix(".") || line.hasPrefix("'") ? "\\&\(line)" : line
    }
}
