internal import KafkaRecords

/// Puts batches together for one gathering write: the fields that the broker sets from a small
/// copy, all else from where it lies.
enum PatchedBatches {
    /// Base offset, length, leader epoch.
    private static let patchedBytes = 16

    static func withParts(
        of records: UnsafeRawBufferPointer, _ batches: [RecordBatchHeader], firstOffset: Int64,
        leaderEpoch: Int32,
        _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws(LogError) -> Void
    ) throws(LogError) {
        try withUnsafeTemporaryAllocation(
            byteCount: batches.count * patchedBytes, alignment: 8
        ) { (starts) throws(LogError) in
            try withUnsafeTemporaryAllocation(
                of: UnsafeRawBufferPointer.self, capacity: batches.count * 2
            ) { (parts) throws(LogError) in
                var position = 0
                var offset = firstOffset
                for (index, batch) in batches.enumerated() {
                    let start = UnsafeMutableRawBufferPointer(
                        rebasing: starts[index * patchedBytes..<(index + 1) * patchedBytes])
                    let end = position + batch.sizeBytes
                    start.copyMemory(
                        from: UnsafeRawBufferPointer(
                            rebasing: records[position..<position + patchedBytes]))
                    RecordBatchPatch.assign(
                        baseOffset: offset, leaderEpoch: leaderEpoch, to: start)
                    parts.initializeElement(at: index * 2, to: UnsafeRawBufferPointer(start))
                    parts.initializeElement(
                        at: index * 2 + 1,
                        to: UnsafeRawBufferPointer(rebasing: records[position + patchedBytes..<end])
                    )
                    offset += Int64(batch.lastOffsetDelta) + 1
                    position = end
                }
                try body(UnsafeBufferPointer(parts))
            }
        }
    }
}
