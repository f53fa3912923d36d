/// A choice of partitions: `0,2-4`.
struct PartitionList: Equatable, Sendable {
    /// In ascending order, each once.
    let partitions: [Int32]

    /// The most that a list may name, so that a slip of the pen does not fill the memory.
    static let maxCount = 100_000

    init?(_ text: String) {
        var result: Set<Int32> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
                .map(PartitionList.number)
            guard let first = ends[0], let last = ends.count == 2 ? ends[1] : first,
                first <= last, Int(last) - Int(first) < PartitionList.maxCount
            else { return nil }
            result.formUnion(first...last)
            guard result.count <= PartitionList.maxCount else { return nil }
        }
        partitions = result.sorted()
    }

    /// - Throws: `CommandFailure` of status `usage`.
    static func parse(_ text: String) throws(CommandFailure) -> PartitionList {
        guard let list = PartitionList(text) else {
            throw .usage("'\(text)' is no list of partitions; write 0,2-4")
        }
        return list
    }

    private static func number(_ text: Substring) -> Int32? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int32(text)
    }
}
