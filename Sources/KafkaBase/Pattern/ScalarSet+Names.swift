/// Classes that have a name in expressions.
extension ScalarSet {
    static let digits = ScalarSet("0"..."9")
    static let uppercase = ScalarSet("A"..."Z")
    static let lowercase = ScalarSet("a"..."z")
    static let letters = uppercase.union(lowercase)
    static let word = letters.union(digits).union(ScalarSet("_"))
    static let space = ScalarSet("\t\n\u{0C}\r ")

    /// Of POSIX, as in `[[:alpha:]]`; of ASCII alone, as in RE2.
    static func posix(_ name: String) -> ScalarSet? {
        switch name {
        case "alnum": letters.union(digits)
        case "alpha": letters
        case "ascii": ScalarSet("\0"..."\u{7F}")
        case "blank": ScalarSet("\t ")
        case "cntrl": ScalarSet("\0"..."\u{1F}").union(ScalarSet("\u{7F}"))
        case "digit": digits
        case "graph": ScalarSet("!"..."~")
        case "lower": lowercase
        case "print": ScalarSet(" "..."~")
        case "punct":
            ScalarSet("!"..."/").union(ScalarSet(":"..."@")).union(ScalarSet("["..."`"))
                .union(ScalarSet("{"..."~"))
        case "space": ScalarSet("\t\n\u{0B}\u{0C}\r ")
        case "upper": uppercase
        case "word": word
        case "xdigit": digits.union(ScalarSet("a"..."f")).union(ScalarSet("A"..."F"))
        default: nil
        }
    }

    /// A general category of Unicode (`L`, `Lu`) or a script (`Greek`).
    static func unicode(_ name: String) -> ScalarSet? {
        if name == "Any" { return all }
        if let category = UnicodeCategories.all.sets[name] { return category }
        guard let text = UnicodeScripts.ranges(of: name) else { return nil }
        return ScalarSet(
            text.split(separator: " ").compactMap { part in
                let ends = part.split(separator: "-").compactMap { UInt32($0, radix: 16) }
                guard let first = ends.first, let last = ends.last else { return nil }
                return first...last
            })
    }
}

/// The general categories, by their short names.
private struct UnicodeCategories {
    /// Made when an expression first names one, in some ms.
    static let all = UnicodeCategories()

    /// Where characters are; outside stand planes without any, and those for private use.
    private static let spans: [ClosedRange<UInt32>] = [0...0x3FFFF, 0xE0000...0xE0FFF]

    private(set) var sets: [String: ScalarSet] = [:]

    private init() {
        var ranges: [String: [ClosedRange<UInt32>]] = [:]
        for span in UnicodeCategories.spans {
            var open: (name: String, first: UInt32)?
            for value in span.lowerBound...span.upperBound + 1 {
                let name = span.contains(value) ? UnicodeCategories.name(value) : nil
                guard open?.name != name else { continue }
                if let open { ranges[open.name, default: []].append(open.first...value - 1) }
                open = name.map { ($0, value) }
            }
        }
        ranges["Co", default: []] += [0xF0000...0xFFFFD, 0x100000...0x10FFFD]
        for (name, ranges) in ranges {
            sets[name] = ScalarSet(ranges)
            sets[String(name.prefix(1)), default: ScalarSet()].formUnion(ScalarSet(ranges))
        }
    }

    /// Nil for what is not assigned.
    private static func name(_ value: UInt32) -> String? {
        guard let scalar = Unicode.Scalar(value) else { return "Cs" }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: nil
        @unknown default: nil
        }
    }
}

extension ScalarSet {
    fileprivate mutating func formUnion(_ other: ScalarSet) { self = union(other) }
}
