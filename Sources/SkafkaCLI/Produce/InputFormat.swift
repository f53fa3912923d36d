/// An input format: how the fields of a record lie in the input, `%k %v\n` or `%V{big32}%v`.
///
/// A field reaches to the literal behind it, or has the length that a length token before it gave.
struct InputFormat: Sendable {
    enum Field: Equatable, Sendable {
        case key(Coding)
        case value(Coding)
        case topic
        case number(Number, NumberForm)
        /// RFC 3339.
        case date
        case headers(ByteEncoding)
    }

    /// How a key or value is written.
    enum Coding: Equatable, Sendable {
        case text(ByteEncoding)
        case number(NumberDecoding)
    }

    enum Number: Equatable, Sendable {
        case partition
        case timestamp
        /// Where the record was is nothing to the topic that it goes to.
        case ofNoUse
    }

    enum Step: Equatable, Sendable {
        case literal([UInt8])
        case length(of: LengthOwner, NumberForm)
        case field(Field)
    }

    enum LengthOwner: Equatable, Sendable {
        case key
        case value
    }

    let steps: [Step]

    /// - Throws: `CommandFailure` of status `usage`.
    init(_ text: String) throws(CommandFailure) {
        var parser = FormatParser(text, option: "--format")
        var steps: [Step] = []
        while let piece = try parser.next() {
            switch piece {
            case .literal(let bytes):
                if case .literal(let before)? = steps.last {
                    steps[steps.count - 1] = .literal(before + bytes)
                } else {
                    steps.append(.literal(bytes))
                }
            case .token(let letter, let modifier):
                steps.append(try InputFormat.step(letter, modifier, parser))
            }
        }
        try InputFormat.check(steps, parser)
        self.steps = steps
    }

    private static func step(
        _ letter: Character, _ modifier: String?, _ parser: FormatParser
    ) throws(CommandFailure) -> Step {
        switch letter {
        case "k": return .field(.key(try coding(modifier, letter, parser)))
        case "v", "s": return .field(.value(try coding(modifier, letter, parser)))
        case "K": return .length(of: .key, try parser.number(modifier, letter))
        case "V", "S": return .length(of: .value, try parser.number(modifier, letter))
        case "t":
            guard try parser.encoding(modifier, letter) != .json else { break }
            return .field(.topic)
        case "p": return .field(.number(.partition, try parser.number(modifier, letter)))
        case "T": return .field(.number(.timestamp, try parser.number(modifier, letter)))
        case "o", "e": return .field(.number(.ofNoUse, try parser.number(modifier, letter)))
        case "h": return .field(.headers(try parser.encoding(modifier, letter) ?? .utf8))
        case "d" where modifier == nil: return .field(.date)
        default: break
        }
        throw parser.failure("%\(letter)\(modifier.map { "{\($0)}" } ?? "") cannot be read")
    }

    private static func coding(
        _ modifier: String?, _ letter: Character, _ parser: FormatParser
    ) throws(CommandFailure) -> Coding {
        if let number = modifier.flatMap(NumberDecoding.init) { return .number(number) }
        return .text(try parser.encoding(modifier, letter) ?? .utf8)
    }

    /// Every field needs an end: a literal behind it, or a length before it.
    private static func check(_ steps: [Step], _ parser: FormatParser) throws(CommandFailure) {
        guard steps.contains(where: { if case .field = $0 { true } else { false } }) else {
            throw parser.failure("no field")
        }
        var keyHasLength = false
        var valueHasLength = false
        for (index, step) in steps.enumerated() {
            let next = index + 1 < steps.count ? steps[index + 1] : nil
            let hasLiteral = if case .literal? = next { true } else { false }
            switch step {
            case .length(of: .key, let form):
                keyHasLength = true
                if form == .decimal, !hasLiteral { throw parser.failure("a length without end") }
            case .length(of: .value, let form):
                valueHasLength = true
                if form == .decimal, !hasLiteral { throw parser.failure("a length without end") }
            case .field(.key) where keyHasLength: continue
            case .field(.value) where valueHasLength: continue
            case .field(.number(_, let form)) where form != .decimal: continue
            case .field where !hasLiteral:
                throw parser.failure("a field without end: put a delimiter behind it")
            default: continue
            }
        }
    }
}
