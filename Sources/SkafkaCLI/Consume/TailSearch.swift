internal import KafkaRecords

/// Looks for the offset from which on a partition holds so many records. A value; its owner reads
/// from `position` on and tells what it sees.
///
/// Transactions' markers, aborted records and what compaction removed have offsets and are no
/// records, so offsets cannot be counted. It counts what lies in as many offsets before the end as
/// records are wanted, which settles it in a log without gaps; where some are missing it goes back
/// in steps that grow fourfold, so that it reads little more than what has to be found.
struct TailSearch: Equatable, Sendable {
    /// Offsets of the second step back at least: a gap costs a request, a few records do not.
    private static let minStep: Int64 = 1000

    private let start: Int64
    /// The offsets that are counted now, or in which the first record wanted is known to lie.
    private var chunk: Range<Int64>
    /// Records wanted that do not lie behind the chunk.
    private var missing: Int64
    private var counted: Int64 = 0
    /// Records of the chunk that still lie before the first one wanted; nil while it is counted.
    private var leading: Int64?

    /// Where to read next.
    private(set) var position: Int64
    /// The answer.
    private(set) var found: Int64?

    /// - Parameters:
    ///   - offsets: what the partition holds.
    ///   - count: the last records that are wanted.
    init(_ offsets: Range<Int64>, count: Int64) {
        start = offsets.lowerBound
        missing = count
        let length = offsets.upperBound - offsets.lowerBound
        let first = offsets.upperBound - min(count, length)
        chunk = first..<offsets.upperBound
        position = first
        if count >= length || count <= 0 { found = first }
    }

    /// A record came, in the order of offsets.
    mutating func see(_ offset: Int64) -> RecordVisit {
        guard found == nil, chunk.contains(offset) else { return .stop }
        guard let leading else {
            counted += 1
            return .continue
        }
        if leading == 0 {
            found = offset
            return .stop
        }
        self.leading = leading - 1
        return .continue
    }

    /// Everything before an offset was seen.
    mutating func reach(_ offset: Int64) {
        guard found == nil else { return }
        position = offset
        guard offset >= chunk.upperBound else { return }
        // What was counted there may have gone meanwhile.
        if leading != nil { return found = chunk.upperBound }
        if counted > missing {
            leading = counted - missing
            position = chunk.lowerBound
        } else if counted == missing || chunk.lowerBound == start {
            found = chunk.lowerBound
        } else {
            missing -= counted
            counted = 0
            let length = chunk.upperBound - chunk.lowerBound
            let step = max(
                missing, TailSearch.minStep, length.multipliedReportingOverflow(by: 4).partialValue)
            chunk = chunk.lowerBound - min(step, chunk.lowerBound - start)..<chunk.lowerBound
            position = chunk.lowerBound
        }
    }
}
