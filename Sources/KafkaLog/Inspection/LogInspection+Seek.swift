internal import KafkaRecords

extension LogInspection {
    /// Lets the inspection begin at the batch that the segment's offset index names for
    /// `fromOffset`, so that nothing before it is read.
    ///
    /// An index is not trusted further than what stands at its position bears out: an intact batch
    /// with offsets that fit the entry. Otherwise, and where there is no index, reading begins at
    /// the file's start.
    ///
    /// - Parameter indexPath: of the segment's `.index`.
    public mutating func seek(
        withIndex indexPath: String, on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        guard let baseOffset = options.baseOffset, options.fromOffset > baseOffset,
            try disk.fileSize(indexPath) != nil
        else { return }
        var index = try IndexInspection(
            path: indexPath, kind: .offset, baseOffset: baseOffset, on: disk)
        guard let entry = try LogInspection.lastEntry(of: &index, upTo: options.fromOffset) else {
            return
        }
        if try isBorneOut(entry) { position = Int(entry.position) }
    }

    /// The last entry whose offset is not above another; nil where there is none.
    private static func lastEntry(
        of index: inout IndexInspection, upTo offset: Int64
    ) throws(LogError) -> InspectedOffsetEntry? {
        var low = 0
        var high = index.entryCount
        var found: InspectedOffsetEntry?
        while low < high {
            let middle = low + (high - low) / 2
            guard let entry = try index.offsetEntry(at: middle) else { return nil }
            if entry.offset <= offset {
                found = entry
                low = middle + 1
            } else {
                high = middle
            }
        }
        return found
    }

    /// An entry has the last offset of an append, and the position of its first batch.
    private mutating func isBorneOut(_ entry: InspectedOffsetEntry) throws(LogError) -> Bool {
        let start = Int(entry.position)
        guard start > 0, start < end else { return false }
        let header = UnsafeRawBufferPointer(
            try file.bytes(at: start, count: min(BatchFrame.headerBytes, end - start)))
        guard
            case .entry(let found) = LogEntryProbe(
                header, remaining: end - start, readsNewerMagic: false),
            let frame = try? BatchFrame(header, position: start), frame.lastOffset <= entry.offset
        else { return false }
        return try search.isIntact(found, at: start, in: &file)
    }
}
