/// A set of ASCII characters. A value.
struct AsciiSet: Sendable, Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init() {}

    init(_ characters: some Sequence<UInt8>) {
        for character in characters { insert(character) }
    }

    init(_ range: ClosedRange<Unicode.Scalar>) {
        self.init((range.lowerBound.value...range.upperBound.value).lazy.map { UInt8($0) })
    }

    static let all = AsciiSet(0...127)
    static let digits = AsciiSet("0"..."9")
    static let uppercase = AsciiSet("A"..."Z")
    static let lowercase = AsciiSet("a"..."z")
    static let letters = uppercase.union(lowercase)
    static let word = letters.union(digits).union(AsciiSet("_".utf8))
    static let space = AsciiSet("\t\n\u{0C}\r ".utf8)
    static let control = AsciiSet(0...31).union(AsciiSet([127]))
    static let graphic = AsciiSet("!"..."~")

    mutating func insert(_ character: UInt8) {
        if character < 64 {
            low |= 1 << UInt64(character)
        } else if character < 128 {
            high |= 1 << UInt64(character - 64)
        }
    }

    func contains(_ character: UInt8) -> Bool {
        character < 64
            ? low >> UInt64(character) & 1 == 1
            : character < 128 && high >> UInt64(character - 64) & 1 == 1
    }

    func union(_ other: AsciiSet) -> AsciiSet {
        var result = self
        result.low |= other.low
        result.high |= other.high
        return result
    }

    func subtracting(_ other: AsciiSet) -> AsciiSet {
        var result = self
        result.low &= ~other.low
        result.high &= ~other.high
        return result
    }

    var inverted: AsciiSet { AsciiSet.all.subtracting(self) }

    /// Letters in both cases where one is in the set.
    var caseFolded: AsciiSet {
        var result = self
        for lower in UInt8(ascii: "a")...UInt8(ascii: "z") {
            let upper = lower - 32
            if contains(lower) { result.insert(upper) }
            if contains(upper) { result.insert(lower) }
        }
        return result
    }
}

extension AsciiSet {
    /// A class of POSIX, as in `[[:alpha:]]`.
    static func posix(_ name: String) -> AsciiSet? {
        switch name {
        case "alnum": letters.union(digits)
        case "alpha": letters
        case "ascii": all
        case "blank": AsciiSet("\t ".utf8)
        case "cntrl": control
        case "digit": digits
        case "graph": graphic
        case "lower": lowercase
        case "print": graphic.union(AsciiSet(" ".utf8))
        case "punct": graphic.subtracting(letters).subtracting(digits)
        case "space": AsciiSet("\t\n\u{0B}\u{0C}\r ".utf8)
        case "upper": uppercase
        case "word": word
        case "xdigit": digits.union(AsciiSet("a"..."f")).union(AsciiSet("A"..."F"))
        default: nil
        }
    }

    /// What of a Unicode category or script lies in ASCII.
    static func unicode(_ name: String) -> AsciiSet? {
        switch name {
        case "Any": all
        case "L", "Latin": letters
        case "Lu": uppercase
        case "Ll": lowercase
        case "N", "Nd": digits
        case "P": AsciiSet(##"!"#%&'()*,-./:;?@[\]_{}"##.utf8)
        case "Pc": AsciiSet("_".utf8)
        case "Pd": AsciiSet("-".utf8)
        case "Ps": AsciiSet("([{".utf8)
        case "Pe": AsciiSet(")]}".utf8)
        case "Po": AsciiSet(##"!"#%&'*,./:;?@\"##.utf8)
        case "S": AsciiSet("$+<=>^`|~".utf8)
        case "Sc": AsciiSet("$".utf8)
        case "Sk": AsciiSet("^`".utf8)
        case "Sm": AsciiSet("+<=>|~".utf8)
        case "Z", "Zs": AsciiSet(" ".utf8)
        case "C", "Cc": control
        case "Common": all.subtracting(letters)
        case _ where beyondASCII.contains(name): AsciiSet()
        default: nil
        }
    }

    private static let beyondASCII: Set<String> = [
        "Lt", "Lm", "Lo", "M", "Mc", "Me", "Mn", "Nl", "No", "Pi", "Pf", "So", "Zl", "Zp", "Cf",
        "Co", "Cs", "Arabic", "Armenian", "Bengali", "Cyrillic", "Devanagari", "Georgian", "Greek",
        "Han", "Hangul", "Hebrew", "Hiragana", "Katakana", "Khmer", "Lao", "Tamil", "Thai",
        "Tibetan", "Inherited",
    ]
}
