internal import Platform

/// Bytes that stand in every text in which an expression is found. Looking for them is much quicker
/// than the expression, and most texts do not have them. A value.
struct RequiredLiteral: Sendable, Equatable {
    /// Most bytes that are looked for, so that no text makes the search slow.
    private static let maxBytes = 32

    let bytes: [UInt8]
    /// Whether they are all that the expression says.
    let isWhole: Bool
    /// Where the byte stands in them that is looked for first: one that few texts have many of.
    private let rare: Int

    /// The longest run of single characters that cannot be left out; nil when there is none.
    init?(_ node: PatternNode) {
        var runs: [[UInt8]] = [[]]
        RequiredLiteral.collect(node, &runs)
        let longest = runs.max { $0.count < $1.count } ?? []
        let bytes = Array(longest.prefix(RequiredLiteral.maxBytes))
        guard
            let rare = bytes.indices.min(by: { left, right in
                RequiredLiteral.frequency(bytes[left]) < RequiredLiteral.frequency(bytes[right])
            })
        else { return nil }
        self.bytes = bytes
        self.rare = rare
        isWhole = runs == [bytes]
    }

    /// Anything but a character ends the run.
    private static func collect(_ node: PatternNode, _ runs: inout [[UInt8]]) {
        switch node {
        case .empty: break
        case .character(let set):
            // What is no UTF-8 counts as U+FFFD, and has other bytes.
            guard let scalar = set.single, scalar != "\u{FFFD}" else { return runs.append([]) }
            runs[runs.count - 1] += UTF8.encode(scalar).map { Array($0) } ?? []
        case .sequence(let nodes): for node in nodes { collect(node, &runs) }
        case .assertion, .choice, .repetition: runs.append([])
        }
    }

    /// How often a byte stands in texts, roughly: in logs, JSON and prose.
    private static func frequency(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: " "): 9
        case UInt8(ascii: "0")...UInt8(ascii: "9"): 7
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
            "etaoinsrl".utf8.contains(byte) ? 8 : 5
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): 3
        case 0x21..<0x7F: 6
        default: 2
        }
    }

    func isFound(in text: UnsafeRawBufferPointer) -> Bool {
        guard let base = text.baseAddress, text.count >= bytes.count else { return false }
        var position = rare
        let last = text.count - (bytes.count - rare)
        while position <= last,
            let found = memchr(base + position, Int32(bytes[rare]), last - position + 1)
        {
            let offset = base.distance(to: UnsafeRawPointer(found))
            if memcmp(base + offset - rare, bytes, bytes.count) == 0 { return true }
            position = offset + 1
        }
        return false
    }
}
