/// An input format: how the fields of a record lie in the input, `%k %v\n` or `%V{big32}%v`.
///
/// A field reaches to the literal behind it, or has the length that a length token before it gave.
struct InputFormat: Sendable {
    enum Field: Equatable, Sendable {
        case key(ByteEncoding)
        case value(ByteEncoding)
        case topic
        case partition
        case timestamp
        case headers
        case offset
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
        case "k": return .field(.key(try parser.encoding(modifier, letter) ?? .utf8))
        case "v", "s": return .field(.value(try parser.encoding(modifier, letter) ?? .utf8))
        case "K": return .length(of: .key, try parser.number(modifier, letter))
        case "V", "S": return .length(of: .value, try parser.number(modifier, letter))
        case "t" where modifier == nil: return .field(.topic)
        case "p" where modifier == nil: return .field(.partition)
        case "T" where modifier == nil: return .field(.timestamp)
        case "o" where modifier == nil: return .field(.offset)
        case "h" where modifier == nil: return .field(.headers)
        default: throw parser.failure("%\(letter) cannot be read")
        }
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
            case .field where !hasLiteral:
                throw parser.failure("a field without end: put a delimiter behind it")
            case .field(.key(.json)), .field(.value(.json)):
                throw parser.failure("{json} cannot be read; use -J")
            default: continue
            }
        }
    }
}
