/// Reads RE2's syntax.
///
/// By recursion, whose depth is bounded by `maxDepth`.
struct PatternParser {
    private static let maxDepth = 200
    private static let maxRepeat = 1000

    struct Flags {
        var ignoresCase = false
        var dotMatchesNewline = false
        var matchesLines = false
    }

    private var input: ArraySlice<Unicode.Scalar>
    private var flags = Flags()
    private var depth = 0
    private var captureNames: Set<String> = []
    /// Named classes with all cases, which take long to find.
    private var foldedClasses: [ScalarSet: ScalarSet] = [:]

    init(_ expression: String) {
        input = Array(expression.unicodeScalars)[...]
    }

    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try parseChoice()
        guard input.isEmpty else { throw .unexpectedParenthesis }
        return node
    }

    // MARK: Structure

    private mutating func parseChoice() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= PatternParser.maxDepth else { throw .tooDeep }
        var choices = [try parseSequence()]
        while take("|") { choices.append(try parseSequence()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func parseSequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let next = input.first, next != "|", next != ")" {
            if try parseRepetition(&nodes) { continue }
            nodes += try parseAtom()
        }
        return .sequence(of: nodes)
    }

    /// Applies an operator to the last node, where one follows.
    private mutating func parseRepetition(
        _ nodes: inout [PatternNode]
    ) throws(PatternError) -> Bool {
        guard let (min, max) = try takeRepetition() else { return false }
        guard let last = nodes.popLast() else { throw .missingRepeatArgument }
        nodes.append(.repetition(last, min: min, max: max))
        // Preferring fewer makes no difference to whether a text matches.
        _ = take("?")
        guard try takeRepetition() == nil else { throw .invalidNestedRepeat }
        return true
    }

    private mutating func takeRepetition() throws(PatternError) -> (min: Int, max: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        return try takeCounts()
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else after a brace makes it a character like any other.
    private mutating func takeCounts() throws(PatternError) -> (min: Int, max: Int?)? {
        let before = input
        guard take("{"), let min = takeNumber() else {
            input = before
            return nil
        }
        var max: Int? = min
        if take(",") { max = input.first == "}" ? nil : takeNumber() ?? -1 }
        guard max != -1, take("}") else {
            input = before
            return nil
        }
        guard Swift.max(min, max ?? 0) <= PatternParser.maxRepeat, max.map({ $0 >= min }) ?? true
        else { throw .invalidRepeatSize }
        return (min, max)
    }

    private mutating func takeNumber() -> Int? {
        var number: Int?
        while let digit = input.first?.value, (48...57).contains(digit) {
            input.removeFirst()
            number = min((number ?? 0) * 10 + Int(digit - 48), PatternParser.maxRepeat + 1)
        }
        return number
    }

    /// Mostly one node; none for what only sets flags.
    private mutating func parseAtom() throws(PatternError) -> [PatternNode] {
        let before = input
        switch input.removeFirst() {
        case "(": return try parseGroup()
        case "[": return [.character(try parseClass())]
        case ".":
            return [
                .character(flags.dotMatchesNewline ? .all : ScalarSet.newline.inverted)
            ]
        case "^": return [.assertion(flags.matchesLines ? .lineStart : .start)]
        case "$": return [.assertion(flags.matchesLines ? .lineEnd : .end)]
        case "\\": return try parseEscape(from: before)
        case let scalar: return [.character(set(of: scalar))]
        }
    }

    // MARK: Groups

    private mutating func parseGroup() throws(PatternError) -> [PatternNode] {
        let before = flags
        if take("?") {
            if take("P") {
                guard take("<") else { throw .invalidNamedCapture }
                try takeName()
            } else if take("<") {
                try takeName()
            } else if try !takeFlags() {
                // They hold to the end of the group around.
                return []
            }
        }
        let node = try parseChoice()
        guard take(")") else { throw .missingParenthesis }
        flags = before
        return [node]
    }

    private mutating func takeName() throws(PatternError) {
        guard let end = input.firstIndex(of: ">") else { throw .invalidNamedCapture }
        let name = input[input.startIndex..<end]
        let isName = name.allSatisfy { ScalarSet.word.contains($0.value) }
        guard isName, !name.isEmpty,
            captureNames.insert(String(String.UnicodeScalarView(name))).inserted
        else { throw .invalidNamedCapture }
        input = input[(end + 1)...]
    }

    /// - Returns: whether they are those of a group that follows.
    private mutating func takeFlags() throws(PatternError) -> Bool {
        var isSet = true
        var isNamed = false
        while let next = input.popFirst() {
            switch next {
            case "i": flags.ignoresCase = isSet
            case "s": flags.dotMatchesNewline = isSet
            case "m": flags.matchesLines = isSet
            // Preferring fewer makes no difference to whether a text matches.
            case "U": break
            case "-" where isSet:
                isSet = false
                isNamed = false
                continue
            case ":" where isSet || isNamed: return true
            case ")" where isNamed: return false
            default: throw .invalidPerlSyntax
            }
            isNamed = true
        }
        throw .missingParenthesis
    }

    // MARK: Classes

    private mutating func parseClass() throws(PatternError) -> ScalarSet {
        let isNegated = take("^")
        var result = ScalarSet()
        var isFirst = true
        // A bracket that comes first is one of the characters.
        while isFirst || input.first != "]" {
            guard let next = input.first else { throw .missingBracket }
            isFirst = false
            if let named = try takeNamedClass() {
                result = result.union(named)
            } else if next == "\\", let perl = try takePerlClass() {
                result = result.union(perl)
            } else {
                result = result.union(try parseRange())
            }
        }
        input.removeFirst()
        return isNegated ? result.inverted : result
    }

    private mutating func parseRange() throws(PatternError) -> ScalarSet {
        let first = try takeClassCharacter()
        var last = first
        let rest = input.dropFirst()
        if input.first == "-", let next = rest.first, next != "]" {
            input.removeFirst()
            last = try takeClassCharacter()
        }
        guard first <= last else { throw .invalidClassRange }
        let range = ScalarSet(first...last)
        return flags.ignoresCase ? range.caseFolded : range
    }

    private mutating func takeClassCharacter() throws(PatternError) -> Unicode.Scalar {
        guard let next = input.popFirst() else { throw .missingBracket }
        return next == "\\" ? try takeEscapedCharacter() : next
    }

    /// `[:name:]` or `[:^name:]`.
    private mutating func takeNamedClass() throws(PatternError) -> ScalarSet? {
        guard input.starts(with: "[:".unicodeScalars) else { return nil }
        let body = input.dropFirst(2)
        guard let colon = body.firstIndex(of: ":"), body[(colon + 1)...].first == "]" else {
            return nil
        }
        var name = body[body.startIndex..<colon]
        let isNegated = name.first == "^"
        if isNegated { name.removeFirst() }
        guard let set = ScalarSet.posix(String(String.UnicodeScalarView(name))) else {
            throw .invalidClassRange
        }
        input = input[(colon + 2)...]
        return adjusted(set, isNegated: isNegated)
    }

    /// `\d`, `\pL`, `\P{Greek}` and their like, with the backslash still in front.
    private mutating func takePerlClass() throws(PatternError) -> ScalarSet? {
        guard let letter = input.dropFirst().first else { throw .trailingBackslash }
        let set: ScalarSet
        switch letter {
        case "d", "D": set = .digits
        case "s", "S": set = .space
        case "w", "W": set = .word
        case "p", "P":
            input.removeFirst(2)
            return try takeUnicodeClass(isNegated: letter == "P")
        default: return nil
        }
        input.removeFirst(2)
        return adjusted(set, isNegated: letter < "a")
    }

    private mutating func takeUnicodeClass(isNegated: Bool) throws(PatternError) -> ScalarSet {
        var isNegated = isNegated
        guard let first = input.popFirst() else { throw .invalidClassRange }
        var name = String(first)
        if first == "{" {
            guard let end = input.firstIndex(of: "}") else { throw .invalidClassRange }
            name = String(String.UnicodeScalarView(input[input.startIndex..<end]))
            input = input[(end + 1)...]
            if name.first == "^" {
                isNegated.toggle()
                name.removeFirst()
            }
        }
        guard let set = ScalarSet.unicode(name) else { throw .invalidClassRange }
        return adjusted(set, isNegated: isNegated)
    }

    private mutating func adjusted(_ set: ScalarSet, isNegated: Bool) -> ScalarSet {
        var folded = set
        if flags.ignoresCase {
            folded = foldedClasses[set] ?? set.caseFolded
            foldedClasses[set] = folded
        }
        return isNegated ? folded.inverted : folded
    }

    // MARK: Escapes

    /// - Parameter backslash: the input from the backslash on.
    private mutating func parseEscape(
        from backslash: ArraySlice<Unicode.Scalar>
    ) throws(PatternError) -> [PatternNode] {
        if take("A") { return [.assertion(.start)] }
        if take("z") { return [.assertion(.end)] }
        if take("b") { return [.assertion(.wordBoundary)] }
        if take("B") { return [.assertion(.noWordBoundary)] }
        if take("Q") { return takeQuoted() }
        input = backslash
        if let set = try takePerlClass() { return [.character(set)] }
        input.removeFirst()
        return [.character(set(of: try takeEscapedCharacter()))]
    }

    /// Characters as they stand, up to `\E`.
    private mutating func takeQuoted() -> [PatternNode] {
        var nodes: [PatternNode] = []
        while !input.isEmpty {
            if input.starts(with: "\\E".unicodeScalars) {
                input.removeFirst(2)
                break
            }
            nodes.append(.character(set(of: input.removeFirst())))
        }
        return nodes
    }

    /// A single character, behind the backslash.
    private mutating func takeEscapedCharacter() throws(PatternError) -> Unicode.Scalar {
        guard let next = input.popFirst() else { throw .trailingBackslash }
        switch next {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x": return try takeHexadecimal()
        // A single digit would refer to a group, and there are none to refer to.
        case "1"..."7":
            guard let second = input.first, ("0"..."7").contains(second) else {
                throw .invalidEscape
            }
            return try takeOctal(next)
        case "0": return try takeOctal(next)
        default:
            guard next.isASCII, !ScalarSet.word.contains(next.value) else {
                throw .invalidEscape
            }
            return next
        }
    }

    private mutating func takeOctal(_ first: Unicode.Scalar) throws(PatternError) -> Unicode.Scalar
    {
        var value = first.value - 48
        for _ in 0..<2 {
            guard let digit = input.first, ("0"..."7").contains(digit) else { break }
            input.removeFirst()
            value = value * 8 + digit.value - 48
        }
        guard let scalar = Unicode.Scalar(value) else { throw .invalidEscape }
        return scalar
    }

    private mutating func takeHexadecimal() throws(PatternError) -> Unicode.Scalar {
        var digits = input.prefix(2)
        var length = 2
        if input.first == "{" {
            guard let end = input.firstIndex(of: "}") else { throw .invalidEscape }
            digits = input[(input.startIndex + 1)..<end]
            length = end - input.startIndex + 1
        }
        let text = String(String.UnicodeScalarView(digits))
        guard !digits.isEmpty, length > 2 || digits.count == 2,
            let value = UInt32(text, radix: 16), text.first != "+",
            let scalar = Unicode.Scalar(value)
        else { throw .invalidEscape }
        input.removeFirst(length)
        return scalar
    }

    // MARK: Characters

    private func set(of scalar: Unicode.Scalar) -> ScalarSet {
        let set = ScalarSet(scalar)
        return flags.ignoresCase ? set.caseFolded : set
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard input.first == scalar else { return false }
        input.removeFirst()
        return true
    }
}
