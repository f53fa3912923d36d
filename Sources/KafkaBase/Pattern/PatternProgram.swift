/// An expression as instructions of a machine that is in many places at once (Thompson's). A value.
struct PatternProgram: Sendable {
    /// Largest program. Counted repetitions are written out.
    static let maxInstructions = 20_000

    enum Instruction: Sendable, Equatable {
        /// Takes one character of the set with the index, goes on behind.
        case character(Int)
        /// Goes on at both places.
        case split(Int, Int)
        case jump(Int)
        case assertion(PatternNode.Assertion)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// What assertions look at.
    private(set) var looks: PatternContext = []
    private var setIndexes: [ScalarSet: Int] = [:]

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
        case .character(let set): try add(.character(index(of: set)))
        case .assertion(let assertion):
            looks.formUnion(PatternContext(seenBy: assertion))
            try add(.assertion(assertion))
        case .sequence(let nodes): for node in nodes { try compile(node) }
        case .choice(let nodes): try compile(choice: nodes[...])
        case .repetition(let node, let min, let max):
            for _ in 0..<min { try compile(node) }
            guard let max else { return try compile(star: node) }
            for _ in min..<max { try compile(optional: node) }
        }
    }

    private mutating func index(of set: ScalarSet) -> Int {
        if let known = setIndexes[set] { return known }
        setIndexes[set] = sets.count
        sets.append(set)
        return sets.count - 1
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
