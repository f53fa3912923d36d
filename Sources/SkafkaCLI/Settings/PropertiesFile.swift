/// A `.properties` file as Java reads it: `key=value`, `key: value` or `key value`; `#` and `!`
/// begin comments; a backslash at a line's end goes on with the next line; `\n \t \r \f \uHHHH`.
enum PropertiesFile {
    struct Entry: Equatable, Sendable {
        var key: String
        var value: String
        /// From 1; where the entry begins.
        var line: Int
    }

    /// - Returns: the entries in their order, or the number of the line with a malformed escape.
    static func parse(_ text: String) -> Result<[Entry], LineError> {
        var entries: [Entry] = []
        for (line, number) in logicalLines(text) {
            guard let entry = entry(line, number) else {
                return .failure(LineError(line: number, reason: "malformed \\u escape"))
            }
            entries.append(entry)
        }
        return .success(entries)
    }

    struct LineError: Error, Equatable, Sendable {
        var line: Int
        var reason: String
    }

    /// Without comments and blank lines; continued lines joined.
    private static func logicalLines(_ text: String) -> [(text: [Unicode.Scalar], line: Int)] {
        var result: [(text: [Unicode.Scalar], line: Int)] = []
        var open: (text: [Unicode.Scalar], line: Int)?
        for (index, raw) in lines(text).enumerated() {
            let trimmed = Array(raw.drop(while: isBlank))
            if open == nil, trimmed.isEmpty || trimmed[0] == "#" || trimmed[0] == "!" { continue }
            let slashes = trimmed.reversed().prefix { $0 == "\\" }.count
            let isContinued = slashes % 2 == 1
            let piece = isContinued ? Array(trimmed.dropLast()) : trimmed
            open = ((open?.text ?? []) + piece, open?.line ?? index + 1)
            if !isContinued, let done = open {
                result.append(done)
                open = nil
            }
        }
        if let open { result.append(open) }
        return result
    }

    /// CR, LF and CR LF end a line.
    private static func lines(_ text: String) -> [ArraySlice<Unicode.Scalar>] {
        var scalars: [Unicode.Scalar] = []
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\r" {
                scalars.append("\n")
            } else if scalar != "\n" || previous != "\r" {
                scalars.append(scalar)
            }
            previous = scalar
        }
        return scalars.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static func entry(_ line: [Unicode.Scalar], _ number: Int) -> Entry? {
        var end = 0
        while end < line.count, !isBlank(line[end]), line[end] != "=", line[end] != ":" {
            end += line[end] == "\\" ? 2 : 1
        }
        end = min(end, line.count)
        var start = end
        while start < line.count, isBlank(line[start]) { start += 1 }
        if start < line.count, line[start] == "=" || line[start] == ":" {
            start += 1
            while start < line.count, isBlank(line[start]) { start += 1 }
        }
        guard let key = unescaped(line[..<end]), let value = unescaped(line[start...]) else {
            return nil
        }
        return Entry(key: key, value: value, line: number)
    }

    /// Code units of UTF-16, since `\u` escapes stand for those.
    private static func unescaped(_ text: ArraySlice<Unicode.Scalar>) -> String? {
        var units: [UInt16] = []
        var index = text.startIndex
        while index < text.endIndex {
            let scalar = text[index]
            index += 1
            guard scalar == "\\", index < text.endIndex else {
                units.append(contentsOf: scalar.utf16)
                continue
            }
            let escaped = text[index]
            index += 1
            switch escaped {
            case "n": units.append(0x0A)
            case "t": units.append(0x09)
            case "r": units.append(0x0D)
            case "f": units.append(0x0C)
            case "u":
                let digits = text[index...].prefix(4).compactMap { scalar in
                    UInt8(exactly: scalar.value).flatMap(HexText.value)
                }
                guard digits.count == 4 else { return nil }
                units.append(digits.reduce(0) { $0 << 4 | UInt16($1) })
                index += 4
            default: units.append(contentsOf: escaped.utf16)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\u{0C}"
    }
}
