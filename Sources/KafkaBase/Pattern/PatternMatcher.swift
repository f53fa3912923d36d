/// Tells of texts whether an expression matches: in one pass, a table look-up for each character.
///
/// The table's rows are the sets of places that the program can be in at once; they are made when a
/// text first leads there (a lazy automaton, as in RE2 and grep), and forgotten all at once when
/// there are too many. So a text costs time in proportion to its length whatever the expression,
/// and memory is bounded. A value with its own table; one caller at a time.
///
/// Texts are UTF-8; a byte that is none counts as U+FFFD.
public struct PatternMatcher: Sendable {
    public enum Span: Sendable {
        /// The whole text has to match.
        case whole
        /// Any part of it.
        case anywhere
    }

    private struct State: Hashable {
        /// Where the program is, in order, before it has followed what takes no character.
        var places: [Int32]
        var context: PatternContext
    }

    /// What stands in the table beside the numbers of states.
    private static let unknown: Int32 = -1
    private static let dead: Int32 = -2
    private static let matched: Int32 = -3
    /// Largest table, in entries, and places in all states.
    private static let maxEntries = 1 << 18
    private static let maxPlaces = 1 << 18

    private let program: PatternProgram
    private let alphabet: PatternAlphabet
    private let literal: RequiredLiteral?
    private let span: Span
    /// What may still be done to make states.
    private var stepsLeft: Int
    private var states: [State] = []
    private var numbers: [State: Int32] = [:]
    private var placeCount = 0
    /// For each state and class the next state.
    private var table: [Int32] = []
    /// Whether a text matches that ends in a state; nil when nobody has asked.
    private var ends: [Bool?] = []
    /// For each instruction the round in which it was last entered.
    private var entered: [Int]
    private var round = 0

    /// - Parameter maxSteps: bounds the work for states, of all texts together.
    public init(_ pattern: Pattern, _ span: Span, maxSteps: Int = .max) {
        program = pattern.program
        alphabet = pattern.alphabet
        literal = span == .anywhere ? pattern.literal : nil
        self.span = span
        stepsLeft = maxSteps
        entered = Array(repeating: 0, count: pattern.program.instructions.count)
        reset()
    }

    // MARK: Matching

    /// - Returns: nil when there are no steps left to tell.
    public mutating func matches(_ text: String) -> Bool? {
        var text = text
        return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    /// - Returns: nil when there are no steps left to tell.
    public mutating func matches(_ text: UnsafeRawBufferPointer) -> Bool? {
        if let literal {
            let isFound = literal.isFound(in: text)
            if !isFound || literal.isWhole { return isFound }
        }
        var position = 0
        var state: Int32 = 0
        while true {
            switch walk(text, &position, &state) {
            case .end: return endsMatching(state)
            case .decided(let isMatch): return isMatch
            case .missing(let number): guard makeNext(of: &state, number) else { return nil }
            }
        }
    }

    private enum Stop {
        case end
        case decided(Bool)
        /// The table does not say yet what comes of a character of the class.
        case missing(Int)
    }

    /// Follows the table as far as it goes.
    private func walk(
        _ text: UnsafeRawBufferPointer, _ position: inout Int, _ state: inout Int32
    ) -> Stop {
        let stride = alphabet.count
        return table.withUnsafeBufferPointer { table in
            alphabet.ascii.withUnsafeBufferPointer { ascii in
                var index = position
                var current = Int(state)
                defer {
                    position = index
                    state = Int32(truncatingIfNeeded: current)
                }
                while index < text.count {
                    var length = 1
                    let number: Int
                    if text[index] < 0x80 {
                        number = Int(ascii[Int(text[index])])
                    } else {
                        let (scalar, count) = PatternMatcher.scalar(in: text, at: index)
                        number = alphabet.classOf(scalar)
                        length = count
                    }
                    let next = table[current &* stride &+ number]
                    guard next >= 0 else {
                        return next == PatternMatcher.unknown
                            ? .missing(number) : .decided(next == PatternMatcher.matched)
                    }
                    current = Int(next)
                    index &+= length
                }
                return .end
            }
        }
    }

    /// A character and its length; what is no UTF-8 is taken byte by byte.
    private static func scalar(
        in text: UnsafeRawBufferPointer, at index: Int
    ) -> (scalar: UInt32, length: Int) {
        let lead = text[index]
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard lead >= 0xC2, lead < 0xF5, text.count - index >= length else { return (0xFFFD, 1) }
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = text[index + offset]
            guard byte & 0xC0 == 0x80 else { return (0xFFFD, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard value >= least, Unicode.Scalar(value) != nil else { return (0xFFFD, 1) }
        return (value, length)
    }

    // MARK: States

    private mutating func reset() {
        states.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        table.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        placeCount = 0
        let context = PatternContext.start.intersection(program.looks)
        _ = number(of: State(places: [0], context: context))
    }

    private mutating func number(of state: State) -> Int32 {
        if let known = numbers[state] { return known }
        let number = Int32(states.count)
        numbers[state] = number
        states.append(state)
        ends.append(nil)
        placeCount += state.places.count
        table.append(contentsOf: repeatElement(PatternMatcher.unknown, count: alphabet.count))
        return number
    }

    private var isFull: Bool {
        states.count > 2
            && (table.count >= PatternMatcher.maxEntries || placeCount >= PatternMatcher.maxPlaces)
    }

    /// Fills one field of the table.
    ///
    /// - Parameter state: gets another number when the table was full.
    /// - Returns: false when there are no steps left.
    private mutating func makeNext(of state: inout Int32, _ number: Int) -> Bool {
        let current = states[Int(state)]
        var places: [Int32] = []
        guard let isMatch = follow(current, number, &places) else { return false }
        var next = PatternMatcher.dead
        if isMatch, span == .anywhere {
            next = PatternMatcher.matched
        } else {
            // It may begin at every character.
            if span == .anywhere { places.append(0) }
            if !places.isEmpty {
                if isFull {
                    reset()
                    state = self.number(of: current)
                }
                places.sort()
                next = self.number(
                    of: State(places: places, context: alphabet.contexts[number]))
            }
        }
        table[Int(state) * alphabet.count + number] = next
        return true
    }

    /// - Returns: nil when there are no steps left to tell.
    private mutating func endsMatching(_ state: Int32) -> Bool? {
        if let known = ends[Int(state)] { return known }
        var places: [Int32] = []
        let isMatch = follow(states[Int(state)], nil, &places)
        ends[Int(state)] = isMatch
        return isMatch
    }

    /// Follows what takes no character, and then one of a class.
    ///
    /// - Parameters:
    ///   - number: nil at the end of the text.
    ///   - places: gets where the program is behind the character.
    /// - Returns: whether the program's end was reached in front of it; nil when there are no steps
    ///   left.
    private mutating func follow(
        _ state: State, _ number: Int?, _ places: inout [Int32]
    ) -> Bool? {
        let next = number.map { alphabet.contexts[$0] }
        var isMatch = false
        var stack = state.places.map { Int($0) }
        round += 1
        while let place = stack.popLast() {
            guard entered[place] != round else { continue }
            entered[place] = round
            stepsLeft -= 1
            guard stepsLeft > 0 else { return nil }
            switch program.instructions[place] {
            case .character(let set):
                if let number, program.sets[set].contains(alphabet.samples[number]) {
                    places.append(Int32(place + 1))
                }
            case .split(let first, let second): stack += [first, second]
            case .jump(let target): stack.append(target)
            case .assertion(let assertion):
                if state.context.meets(assertion, next: next) { stack.append(place + 1) }
            case .match: isMatch = true
            }
        }
        return isMatch
    }
}
