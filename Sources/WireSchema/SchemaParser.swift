/// Reads a definition file.
///
///     # Prose about the API.
///     api Fetch 1 versions 4-18 flexible 12+
///
///     request
///         # Prose about the field.
///         maxBytes int32 = 0x7fffffff ignorable
///         topics [FetchTopic]
///             topic string 0-12 ignorable
///
///         struct Shared
///             partition int32
///
///     response
///         records records?
///
/// or, for the key or value of a record:
///
///     # Prose about the record.
///     data OffsetCommitKey versions 0-1 flexible none
///
///         group string
///
/// with `type N` in front of the versions where the metadata log has a number for it.
///
/// A field is `name type [versions] [tag N] [= default] [ignorable]`. Types are `bool`, `int8` to
/// `int64`, `uint16`, `uint32`, `float64`, `uuid`, `string`, `bytes`, `records`, `error` (an int16
/// error code), the name of a struct, or any of them in brackets for an array. A struct's fields
/// stand below it, four spaces deeper, or under `struct NAME` where several fields share it. `?`
/// behind the type means that it may be null, in the versions behind the `?` if there are any; a
/// tagged field is not null by default, unless that is written as `= null`.
/// Versions are `3`, `3-7` or `3+`; without them the field is in every version of what encloses it.
public struct SchemaParser {
    private struct Line {
        var number: Int
        var depth: Int
        var words: [Substring]
        var comments: [String]
    }

    private var lines: [Line] = []
    private var position = 0

    private init() {}

    /// - Throws: `SchemaError` with the line at fault.
    public static func parse(_ text: String) throws(SchemaError) -> Definition {
        var parser = SchemaParser()
        try parser.split(text)
        let definition: Definition
        let checker: SchemaChecker
        if parser.lines.first?.words.first == "data" {
            let data = try parser.parseData()
            definition = .data(data)
            checker = SchemaChecker(
                messages: [data.message], firstFlexibleVersion: data.firstFlexibleVersion)
        } else {
            let api = try parser.parseAPI()
            definition = .api(api)
            checker = SchemaChecker(
                messages: [api.request, api.response],
                firstFlexibleVersion: api.firstFlexibleVersion)
        }
        try checker.check()
        return definition
    }

    // MARK: Lines

    private mutating func split(_ text: String) throws(SchemaError) {
        var comments: [String] = []
        var number = 0
        for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            let indent = raw.prefix { $0 == " " }.count
            let content = raw.dropFirst(indent)
            if content.isEmpty { continue }
            if content.hasPrefix("#") {
                let prose = content.dropFirst().drop { $0 == " " }
                comments.append(String(prose))
                continue
            }
            guard indent % 4 == 0 else {
                throw SchemaError(line: number, message: "indent by steps of four spaces")
            }
            let words = content.split(separator: " ")
            lines.append(
                Line(number: number, depth: indent / 4, words: words, comments: comments))
            comments = []
        }
    }

    private mutating func next(depth: Int) -> Line? {
        guard position < lines.count, lines[position].depth == depth else { return nil }
        defer { position += 1 }
        return lines[position]
    }

    private func fail<Value>(_ line: Line, _ message: String) throws(SchemaError) -> Value {
        throw SchemaError(line: line.number, message: message)
    }

    // MARK: Grammar

    private mutating func parseAPI() throws(SchemaError) -> APIDefinition {
        guard let line = next(depth: 0), line.words.count == 7, line.words[0] == "api",
            line.words[3] == "versions", line.words[5] == "flexible", let key = Int(line.words[2])
        else {
            throw SchemaError(
                line: lines.first?.number ?? 1,
                message: "expected: api NAME KEY versions N-M flexible N+|none")
        }
        let (versions, firstFlexible) = try parseVersions(of: line)
        return APIDefinition(
            name: String(line.words[1]), key: key, versions: versions,
            firstFlexibleVersion: firstFlexible, comments: line.comments,
            request: try parseMessage("request", versions),
            response: try parseMessage("response", versions))
    }

    private mutating func parseData() throws(SchemaError) -> DataDefinition {
        guard let line = next(depth: 0), line.words.count == 6 || line.words.count == 8,
            line.words[line.words.count - 4] == "versions",
            line.words[line.words.count - 2] == "flexible",
            line.words.count == 6 || line.words[2] == "type"
        else {
            throw SchemaError(
                line: lines.first?.number ?? 1,
                message: "expected: data NAME [type N] versions N-M flexible N+|none")
        }
        let type = line.words.count == 8 ? Int(line.words[3]) : nil
        guard type != nil || line.words.count == 6 else {
            return try fail(line, "the type is a number")
        }
        let (versions, firstFlexible) = try parseVersions(of: line)
        let message = try parseBody(versions)
        guard position == lines.count else {
            return try fail(lines[position], "one record a file")
        }
        return DataDefinition(
            name: String(line.words[1]), recordType: type, versions: versions,
            firstFlexibleVersion: firstFlexible, comments: line.comments, message: message)
    }

    /// The last four words of a definition's head: `versions N-M flexible N+|none`.
    private func parseVersions(
        of line: Line
    ) throws(SchemaError) -> (ClosedRange<Int>, firstFlexible: Int?) {
        let all = 0...Int(Int16.max)
        let words = line.words.suffix(3)
        guard let versions = words.first.flatMap({ parseVersions($0, within: all) }) else {
            return try fail(line, "versions are written as 0-7")
        }
        let flexible = words.last.flatMap { parseVersions($0, within: all) }
        guard flexible != nil || words.last == "none" else {
            return try fail(line, "the first flexible version is written as 3+ or none")
        }
        return (versions, flexible?.lowerBound)
    }

    private mutating func parseMessage(
        _ keyword: Substring, _ versions: ClosedRange<Int>
    ) throws(SchemaError) -> MessageDefinition {
        guard next(depth: 0)?.words == [keyword] else {
            throw SchemaError(
                line: position < lines.count ? lines[position].number : lines.last?.number ?? 1,
                message: "expected: \(keyword)")
        }
        return try parseBody(versions)
    }

    private mutating func parseBody(
        _ versions: ClosedRange<Int>
    ) throws(SchemaError) -> MessageDefinition {
        var message = MessageDefinition(fields: [], sharedStructs: [])
        while position < lines.count, lines[position].depth == 1 {
            if lines[position].words[0] == "struct", lines[position].words.count == 2 {
                guard let line = next(depth: 1) else { break }
                message.sharedStructs.append(
                    StructDefinition(
                        name: String(line.words[1]), versions: versions,
                        fields: try parseFields(depth: 2, versions)))
            } else {
                message.fields += try parseFields(depth: 1, versions)
            }
        }
        guard position == lines.count || lines[position].depth == 0 else {
            return try fail(lines[position], "indented deeper than what it belongs to")
        }
        return message
    }

    private mutating func parseFields(
        depth: Int, _ enclosing: ClosedRange<Int>
    ) throws(SchemaError) -> [FieldDefinition] {
        var fields: [FieldDefinition] = []
        while position < lines.count, lines[position].words[0] != "struct",
            let line = next(depth: depth)
        {
            var field = try parseField(line, enclosing)
            field.fields = try parseFields(depth: depth + 1, field.versions)
            fields.append(field)
        }
        return fields
    }

    private func parseField(
        _ line: Line, _ enclosing: ClosedRange<Int>
    ) throws(SchemaError) -> FieldDefinition {
        var words = line.words[...]
        guard let name = words.popFirst(), let typeWord = words.popFirst() else {
            return try fail(
                line, "a field is: name type [versions] [tag N] [= default] [ignorable]")
        }
        let question = typeWord.firstIndex(of: "?")
        guard let type = parseType(typeWord[..<(question ?? typeWord.endIndex)]) else {
            return try fail(line, "unknown type \(typeWord)")
        }
        var field = FieldDefinition(
            name: String(name), type: type, versions: enclosing, nullableVersions: nil, tag: nil,
            defaultValue: nil, isIgnorable: false, comments: line.comments, fields: [])
        if let word = words.first, let versions = parseVersions(word, within: enclosing) {
            field.versions = versions
            words.removeFirst()
        }
        if let question {
            let rest = typeWord[typeWord.index(after: question)...]
            let versions =
                rest.isEmpty ? field.versions : parseVersions(rest, within: field.versions)
            guard let versions else { return try fail(line, "bad versions behind ?") }
            field.nullableVersions = versions
        }
        try parseAttributes(&words, of: &field, line)
        return field
    }

    private func parseAttributes(
        _ words: inout ArraySlice<Substring>, of field: inout FieldDefinition, _ line: Line
    ) throws(SchemaError) {
        while let word = words.popFirst() {
            switch word {
            case "tag":
                guard let tag = words.popFirst().flatMap({ Int($0) }) else {
                    return try fail(line, "tag needs a number")
                }
                field.tag = tag
            case "=":
                guard let value = words.popFirst() else {
                    return try fail(line, "= needs a value")
                }
                field.defaultValue = String(value)
            case "ignorable":
                field.isIgnorable = true
            default:
                return try fail(line, "unexpected \(word)")
            }
        }
    }

    private func parseType(_ word: Substring) -> FieldType? {
        if word.first == "[", word.last == "]" {
            return parseType(word.dropFirst().dropLast()).map { .array($0) }
        }
        if let primitive = FieldType.primitives[String(word)] { return primitive }
        guard let first = word.first, first.isUppercase else { return nil }
        return .structure(String(word))
    }

    /// `3`, `3-7` or `3+`, cut to the versions of what encloses it.
    private func parseVersions(
        _ word: Substring, within enclosing: ClosedRange<Int>
    ) -> ClosedRange<Int>? {
        let low: Int?
        let high: Int?
        if word.last == "+" {
            low = Int(word.dropLast())
            high = enclosing.upperBound
        } else if let dash = word.firstIndex(of: "-") {
            low = Int(word[..<dash])
            high = Int(word[word.index(after: dash)...])
        } else {
            low = Int(word)
            high = low
        }
        guard let low, let high, low <= high else { return nil }
        let range = (low...high).clamped(to: enclosing)
        return range.contains(low) || low < enclosing.lowerBound ? range : nil
    }
}
