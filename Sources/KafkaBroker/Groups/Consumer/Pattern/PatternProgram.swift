/// An expression as instructions of a machine that is in many places at once (Thompson's). A value.
struct PatternProgram: Sendable {
    /// Largest program. Counted repetitions are written out.
    static let maxInstructions = 20_000

    enum Instruction: Sendable, Equatable {
        /// Takes one character of the set, goes on behind.
        case character(AsciiSet)
        /// Goes on at both places.
        case split(Int, Int)
        case jump(Int)
        case assertion(PatternNode.Assertion)
        case match
    }

    private(set) var instructions: [Instruction] = []

    init(_ node: PatternNode) throws(PatternError) {
        try compile(node)
        try add(.match)
    }

    private mutating func add(_ instruction: Instruction) throws(PatternError) {
        guard instructions.count < PatternProgram.maxInstructions else { throw .tooLarge }
        instructions.append(instruction)
    }

    private mutating func compile(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .empty: break
        case .character(let set): try add(.character(set))
        case .assertion(let assertion): try add(.assertion(assertion))
        case .sequence(let nodes): for node in nodes { try compile(node) }
        case .choice(let nodes): try compile(choice: nodes[...])
        case .repetition(let node, let min, let max):
            for _ in 0..<min { try compile(node) }
            guard let max else { return try compile(star: node) }
            for _ in min..<max { try compile(optional: node) }
        }
    }

    private mutating func compile(choice nodes: ArraySlice<PatternNode>) throws(PatternError) {
        var jumps: [Int] = []
        for node in nodes.dropLast() {
            let split = instructions.count
            try add(.match)
            try compile(node)
            jumps.append(instructions.count)
            try add(.match)
            instructions[split] = .split(split + 1, instructions.count)
        }
        if let last = nodes.last { try compile(last) }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func compile(star node: PatternNode) throws(PatternError) {
        let split = instructions.count
        try add(.match)
        try compile(node)
        try add(.jump(split))
        instructions[split] = .split(split + 1, instructions.count)
    }

    /// One that may be left out; what is left out at the end of `x{2,5}` might as well be one in
    /// the middle.
    private mutating func compile(optional node: PatternNode) throws(PatternError) {
        let split = instructions.count
        try add(.match)
        try compile(node)
        instructions[split] = .split(split + 1, instructions.count)
    }
}

/// Runs a program over names: each character of a name costs as many steps as there are places
/// that the machine can be in.
struct PatternMatcher {
    private let instructions: [PatternProgram.Instruction]
    private var stepsLeft: Int
    /// For each instruction, the position in all names together at which it was last entered.
    private var entered: [Int]
    private var position = 0
    /// Where the machine is, and where it was before the last character.
    private var places: [Int] = []
    private var left: [Int] = []
    private var stack: [Int] = []

    init(_ program: PatternProgram, maxSteps: Int) {
        instructions = program.instructions
        entered = Array(repeating: 0, count: instructions.count)
        stepsLeft = maxSteps
    }

    /// Whether the whole name matches.
    ///
    /// - Throws: `PatternError.tooLarge` when there are no steps left.
    mutating func matches(_ name: String) throws(PatternError) -> Bool {
        let name = Array(name.utf8)
        places.removeAll(keepingCapacity: true)
        position += 1
        var hasMatched = try enter(0, at: 0, of: name)
        for (index, character) in name.enumerated() {
            guard !places.isEmpty else { return false }
            position += 1
            hasMatched = false
            swap(&places, &left)
            places.removeAll(keepingCapacity: true)
            for place in left {
                if case .character(let set) = instructions[place], set.contains(character),
                    try enter(place + 1, at: index + 1, of: name)
                {
                    hasMatched = true
                }
            }
        }
        return hasMatched
    }

    /// Follows what takes no character, and notes the places that take one.
    ///
    /// - Returns: whether the end of the program was reached, at the end of the name.
    private mutating func enter(
        _ place: Int, at index: Int, of name: [UInt8]
    ) throws(PatternError) -> Bool {
        var hasMatched = false
        stack.append(place)
        while let place = stack.popLast() {
            guard entered[place] != position else { continue }
            entered[place] = position
            stepsLeft -= 1
            guard stepsLeft > 0 else { throw .tooLarge }
            switch instructions[place] {
            case .character: places.append(place)
            case .split(let first, let second): stack += [second, first]
            case .jump(let target): stack.append(target)
            case .assertion(let assertion):
                if PatternMatcher.holds(assertion, at: index, of: name) { stack.append(place + 1) }
            case .match: hasMatched = index == name.count || hasMatched
            }
        }
        return hasMatched
    }

    private static func holds(
        _ assertion: PatternNode.Assertion, at index: Int, of name: [UInt8]
    ) -> Bool {
        switch assertion {
        case .start: index == 0
        case .end: index == name.count
        case .wordBoundary: isWordBoundary(at: index, of: name)
        case .noWordBoundary: !isWordBoundary(at: index, of: name)
        }
    }

    private static func isWordBoundary(at index: Int, of name: [UInt8]) -> Bool {
        let before = index > 0 && AsciiSet.word.contains(name[index - 1])
        let after = index < name.count && AsciiSet.word.contains(name[index])
        return before != after
    }
}
