/// Finds the name that was probably meant, for messages about settings, options and fields.
public enum NearestName {
    /// The most similar of `names`, unless even that one differs in more than a third of its
    /// characters.
    public static func of(_ name: String, among names: some Sequence<String>) -> String? {
        let wanted = Array(name.utf8)
        // A longer input is no misspelling; without a bound the work would grow with its square.
        guard wanted.count <= 128 else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in names {
            let distance = distance(wanted, Array(candidate.utf8))
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        guard let best, best.distance * 3 <= max(wanted.count, best.name.utf8.count) else {
            return nil
        }
        return best.name
    }

    /// Whether at most half of the characters differ.
    public static func isNear(_ name: String, _ other: String) -> Bool {
        let lengths = (name.utf8.count, other.utf8.count)
        guard max(lengths.0, lengths.1) <= 128 else { return false }
        return distance(Array(name.utf8), Array(other.utf8)) * 2 <= max(lengths.0, lengths.1)
    }

    /// Levenshtein's distance: insertions, deletions and replacements.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
