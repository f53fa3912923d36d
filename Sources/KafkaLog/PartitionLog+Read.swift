public import KafkaBase
public import NIOCore

/// The answer to a read.
public struct LogRead: Sendable {
    /// Whole batches; nil when there is nothing (yet) to read. The first one may begin below the
    /// offset asked for, since it holds that offset.
    public var slice: FileSlice?
    /// Base offset of the segment that it lies in.
    public var segmentBaseOffset: Int64
    /// The batches lie below this offset; others from here on.
    public var endOffset: Int64

    public var sizeBytes: Int { slice?.count ?? 0 }

    /// Reads the bytes into memory. Blocks if they are not in the page cache.
    ///
    /// - Throws: `LogError.io`, or `corrupt` if the file ends early.
    public func bytes() throws(LogError) -> ByteBuffer {
        guard let slice, let file = slice.owner as? any DiskFile else { return ByteBuffer() }
        var failure: LogError?
        var buffer = ByteBuffer()
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: slice.count) { space in
            do throws(LogError) {
                return try file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: space[..<slice.count]),
                    at: slice.position)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        guard buffer.readableBytes == slice.count else {
            throw .corrupt(
                path: file.path, position: slice.position + buffer.readableBytes,
                reason: "the file ends inside of a read")
        }
        return buffer
    }
}

extension PartitionLog {
    /// Finds a range of a segment file with the batches from an offset on: nothing is read but
    /// index entries and headers, and those only where the offset is not where an earlier read
    /// ended.
    ///
    /// - Parameters:
    ///   - maxBytes: the range's limit; only whole batches are in it.
    ///   - endOffset: batches that reach up to it are left out (high watermark or last stable
    ///     offset). Beyond the log end it stands for that.
    ///   - atLeastOneBatch: the first batch is handed out even if it is larger than `maxBytes`.
    /// - Throws: `offsetOutOfRange`; `io`; `corrupt` where there is no batch to be found.
    public func read(
        from offset: Int64, maxBytes: Int, upTo endOffset: Int64, atLeastOneBatch: Bool
    ) throws(LogError) -> LogRead {
        guard offset >= logStartOffset, offset <= logEndOffset else {
            throw .offsetOutOfRange(requested: offset, start: logStartOffset, end: logEndOffset)
        }
        let end = min(endOffset, logEndOffset)
        guard offset < end, let place = try position(of: offset) else {
            return LogRead(
                slice: nil, segmentBaseOffset: active.baseOffset, endOffset: offset)
        }
        let segment = segments[place.index]
        let file = try file(of: place.index)
        let bound = try readBound(of: place.index, upTo: end)
        guard place.position < bound else {
            return LogRead(
                slice: nil, segmentBaseOffset: segment.baseOffset, endOffset: offset)
        }
        var range = try segment.endOfRange(
            from: place.position, maxBytes: max(0, maxBytes), bound: bound)
        if range.end == place.position {
            guard atLeastOneBatch else {
                return LogRead(
                    slice: nil, segmentBaseOffset: segment.baseOffset, endOffset: offset)
            }
            range = try segment.endOfRange(
                from: place.position, maxBytes: try segment.batchSize(at: place.position),
                bound: bound)
        }
        noteNextRead(from: offset, place.index, range, upTo: end)
        return LogRead(
            slice: FileSlice(
                owner: file, position: place.position, count: range.end - place.position),
            segmentBaseOffset: segment.baseOffset,
            endOffset: range.nextOffset ?? self.endOffset(of: place.index, upTo: end))
    }

    /// Bytes from the batch that holds `offset` to `endOffset`, for a consumer that waits until
    /// there are enough. Cheap; an upper bound where a file cannot be read.
    public func bytesAvailable(from offset: Int64, upTo endOffset: Int64 = .max) -> Int {
        let end = min(endOffset, logEndOffset)
        guard offset >= logStartOffset, offset < end else { return 0 }
        var bytes = 0
        let first = segmentIndex(for: offset)
        let last = segmentIndex(for: end - 1)
        for index in first...last { bytes += segments[index].sizeBytes }
        if let place = try? position(of: offset), place.index <= last {
            for index in first..<place.index { bytes -= segments[index].sizeBytes }
            bytes -= place.position
        }
        if end < logEndOffset, let bound = try? readBound(of: last, upTo: end) {
            bytes -= segments[last].sizeBytes - bound
        }
        return max(0, bytes)
    }

    /// Where the first batch that reaches `offset` begins; nil if there is none.
    private func position(of offset: Int64) throws(LogError) -> (index: Int, position: Int)? {
        if let hint = hints.find(offset) {
            let index = segmentIndex(for: hint.segmentBaseOffset)
            let segment = segments[index]
            // A hint at a segment's end is good until the log has gone on in the next one.
            if segment.baseOffset == hint.segmentBaseOffset, hint.position < segment.sizeBytes {
                return (index, hint.position)
            }
        }
        // After compaction a segment may have lost the batches up to the next one's base.
        for index in segmentIndex(for: offset)..<segments.count {
            if offset >= logEndOffset, index == segments.count - 1 { return nil }
            _ = try file(of: index)
            guard let frame = try segments[index].batch(containing: offset) else { continue }
            hints.note(
                PositionHints.Hint(
                    offset: offset, segmentBaseOffset: segments[index].baseOffset,
                    position: frame.position))
            return (index, frame.position)
        }
        return nil
    }

    /// Where reads of a segment end that may not go up to `end`.
    private func readBound(of index: Int, upTo end: Int64) throws(LogError) -> Int {
        if end >= logEndOffset { return segments[index].sizeBytes }
        if index + 1 < segments.count, segments[index + 1].baseOffset <= end {
            return segments[index].sizeBytes
        }
        guard let place = try position(of: end), place.index == index else {
            return segments[index].sizeBytes
        }
        return place.position
    }

    /// The offset that no batch of a segment goes beyond.
    private func endOffset(of index: Int, upTo end: Int64) -> Int64 {
        index + 1 < segments.count ? min(end, segments[index + 1].baseOffset) : end
    }

    private func noteNextRead(
        from offset: Int64, _ index: Int, _ range: (end: Int, nextOffset: Int64?), upTo end: Int64
    ) {
        let segment = segments[index]
        if let next = range.nextOffset {
            hints.move(
                from: offset,
                to: PositionHints.Hint(
                    offset: next, segmentBaseOffset: segment.baseOffset, position: range.end))
        } else if range.end == segment.sizeBytes {
            // Everything was read: the next read begins where the next append goes, or where the
            // next segment begins.
            let isActive = index == segments.count - 1
            let next = isActive ? segment : segments[index + 1]
            hints.move(
                from: offset,
                to: PositionHints.Hint(
                    offset: isActive ? logEndOffset : next.baseOffset,
                    segmentBaseOffset: next.baseOffset,
                    position: isActive ? range.end : 0))
        }
    }

    /// The open file of a segment. Of sealed segments only the last few opened stay so.
    private func file(of index: Int) throws(LogError) -> any DiskFile {
        let segment = segments[index]
        if index < segments.count - 1, !segment.isLogOpen { retire(segment) }
        return try segment.logFile()
    }

    /// Counts a sealed segment among the open ones and closes the one opened longest ago.
    func retire(_ segment: Segment) {
        openSegments.append(segment)
        if openSegments.count > Self.maxOpenSegments { openSegments.removeFirst().releaseFiles() }
    }
}
