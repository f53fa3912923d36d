extension LineCompletion.Result {
    /// The candidates as they are put into the line in place of what stands from `start` to the
    /// cursor: without what stands before `start` of the word already, and quoted as the word is.
    func insertions(behind start: Int, of line: [UInt8]) -> [[UInt8]] {
        let start = min(max(start, word.range.lowerBound), line.count)
        var lexer = ShellLexer(Array(line[word.range.lowerBound..<start]))
        var written = 0
        if case .word(let before)? = lexer.next() { written = before.text.utf8.count }
        return candidates.compactMap { candidate in
            let bytes = Array(candidate.utf8)
            guard bytes.count >= written else { return nil }
            return quoted(bytes[written...])
        }
    }

    private func quoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            let isSpecial: Bool =
                switch word.open {
                case .single: false
                case .double: byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                case .escape, nil:
                    ShellLexer.endsWord(byte) || byte == UInt8(ascii: "'")
                        || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                }
            if isSpecial { result.append(UInt8(ascii: "\\")) }
            result.append(byte)
        }
        return result
    }
}

extension LineCompletion {
    /// What all of the words begin with, cut where a character of UTF-8 begins.
    static func commonBeginning(of words: [[UInt8]]) -> [UInt8] {
        guard var common = words.first else { return [] }
        for word in words.dropFirst() {
            let length = zip(common, word).prefix { $0 == $1 }.count
            common.removeLast(common.count - length)
        }
        while common.last ?? 0 >= 0x80, String(validating: common, as: UTF8.self) == nil {
            common.removeLast()
        }
        return common
    }
}
