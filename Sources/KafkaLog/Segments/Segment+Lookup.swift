/// Finding batches by offset and by size: the nearest index entry, then the headers from there.
extension Segment {
    /// The first batch whose last offset is at or above `offset`; nil if all lie below.
    func batch(containing offset: Int64) throws(LogError) -> BatchFrame? {
        let relative = offset - baseOffset
        var start = 0
        if relative > 0, offsetIndex.count > 0 {
            let found = try offsetIndex.reader().last { Int64($0.relativeOffset) <= relative }
            start = Int(found?.entry.position ?? 0)
        }
        return try scan(from: start) { $0.lastOffset >= offset }
    }

    /// Where a range of whole batches of at most `maxBytes` ends.
    ///
    /// - Parameters:
    ///   - start: where a batch begins.
    ///   - bound: where a batch ends that the range may not go beyond.
    /// - Returns: the end and the base offset of the batch there, nil at `bound`. The end is
    ///   `start` when the first batch does not fit.
    func endOfRange(
        from start: Int, maxBytes: Int, bound: Int
    ) throws(LogError) -> (end: Int, nextOffset: Int64?) {
        guard maxBytes < bound - start else { return (bound, nil) }
        let limit = start + maxBytes
        var from = start
        if offsetIndex.count > 0 {
            let found = try offsetIndex.reader().last { Int($0.position) <= limit }
            from = max(start, Int(found?.entry.position ?? 0))
        }
        guard let frame = try scan(from: from, fallback: start, where: { $0.end > limit }),
            frame.position < bound
        else { return (bound, nil) }
        return (frame.position, frame.baseOffset)
    }

    /// The first batch at or behind `position` that fulfils a condition; nil if none does.
    ///
    /// An index may point anywhere when its file was damaged. What is found there is no batch then
    /// (or one of another place), so the walk starts again at `fallback`.
    private func scan(
        from position: Int, fallback: Int = 0, where condition: (BatchFrame) -> Bool
    ) throws(LogError) -> BatchFrame? {
        let file = try logFile()
        return try withUnsafeTemporaryAllocation(
            byteCount: BatchScanner.blockBytes, alignment: 8
        ) { (buffer) throws(LogError) in
            do throws(LogError) {
                return try walk(file, from: position, buffer, condition)
            } catch .corrupt where position != fallback {
                return try walk(file, from: fallback, buffer, condition)
            }
        }
    }

    private func walk(
        _ file: any DiskFile, from position: Int, _ buffer: UnsafeMutableRawBufferPointer,
        _ condition: (BatchFrame) -> Bool
    ) throws(LogError) -> BatchFrame? {
        var scanner = BatchScanner(file, from: position, to: sizeBytes, buffer: buffer)
        while let frame = try scanner.next() {
            guard frame.baseOffset >= baseOffset else {
                throw .corrupt(
                    path: file.path, position: frame.position,
                    reason: "offset \(frame.baseOffset) below the segment's")
            }
            if condition(frame) { return frame }
        }
        return nil
    }
}

extension Segment {
    /// Size of the batch that begins at a position.
    func batchSize(at position: Int) throws(LogError) -> Int {
        let frame = try scan(from: position, fallback: position) { _ in true }
        return frame?.sizeBytes ?? 0
    }
}

extension Segment {
    /// Walks from the last index entry to the end of the log. Of the batches on the way it takes
    /// note of the largest timestamp, which an index that was not completed lacks.
    func findEnd() throws(LogError) -> SegmentEnd {
        let file = try logFile()
        var end = SegmentEnd(
            nextOffset: baseOffset, position: Int(offsetIndex.last?.position ?? 0), problem: nil)
        try withUnsafeTemporaryAllocation(byteCount: BatchScanner.blockBytes, alignment: 8) {
            (buffer) throws(LogError) in
            var scanner = BatchScanner(file, from: end.position, to: sizeBytes, buffer: buffer)
            do throws(LogError) {
                while let frame = try scanner.next() {
                    guard frame.follows(end.nextOffset) else {
                        end.problem = "offsets go back"
                        return
                    }
                    guard frame.fits(segmentAt: baseOffset) else {
                        end.problem = "offset \(frame.lastOffset) is too far from the base"
                        return
                    }
                    end.nextOffset = frame.lastOffset + 1
                    end.position = frame.end
                    note(timestamp: frame.maxTimestamp, offset: frame.lastOffset)
                }
            } catch .corrupt(_, _, let reason) {
                end.problem = reason
            }
        }
        return end
    }
}

/// Where a segment's batches end.
struct SegmentEnd {
    /// The offset behind the last batch.
    var nextOffset: Int64
    /// In the file.
    var position: Int
    /// What is wrong with the bytes there; nil where the file ends.
    var problem: String?
}
