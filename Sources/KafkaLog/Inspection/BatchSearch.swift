internal import KafkaRecords

/// Looks for the next intact batch behind damage, byte by byte: a header that makes sense, offsets
/// that belong into the segment, and a CRC that fits.
///
/// The work is bounded: what passes the header's checks by chance is rare, and once a few times the
/// file's size was read for such candidates and went through the CRC, the search gives up.
struct BatchSearch {
    /// Base offset of the segment; its batches lie at most 2^31 behind it.
    let baseOffset: Int64
    /// Larger batches are not looked at.
    let maxBatchBytes: Int
    /// In bytes through the CRC; reading alone costs a part of that.
    private var workLeft: Int

    private static let chunkBytes = 64 << 10

    init(baseOffset: Int64, maxBatchBytes: Int, fileBytes: Int) {
        self.baseOffset = baseOffset
        self.maxBatchBytes = maxBatchBytes
        workLeft = 4 * fileBytes + (16 << 20)
    }

    /// Position of the first intact batch at or behind `start`; nil when there is none.
    mutating func next(
        in file: inout InspectedFile, from start: Int, to end: Int
    ) throws(LogError) -> Int? {
        var position = start
        let header = RecordBatchHeader.byteCount
        while position + RecordSetCursor.prefixByteCount <= end, workLeft > 0 {
            let chunk = try file.bytes(
                at: position, count: min(BatchSearch.chunkBytes + header, end - position))
            let bytes = UnsafeRawBufferPointer(chunk)
            guard let found = candidate(in: bytes, remaining: end - position) else {
                guard bytes.count > BatchSearch.chunkBytes else { return nil }
                position += bytes.count - header
                continue
            }
            position += found.position
            if try isIntact(found, at: position, in: &file) { return position }
            position += 1
        }
        return nil
    }

    /// The first place whose header makes sense, whatever the CRC says.
    private func candidate(
        in bytes: UnsafeRawBufferPointer, remaining: Int
    ) -> RecordSetEntry? {
        let prefix = RecordSetCursor.prefixByteCount
        guard bytes.count >= prefix else { return nil }
        for start in 0...(bytes.count - prefix) where bytes[start + 16] <= 2 {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
            guard let entry = try? RecordSetCursor.entry(at: start, in: rest),
                entry.offsetField >= baseOffset,
                entry.offsetField - baseOffset <= Int64(Int32.max),
                start + entry.sizeBytes <= remaining,
                entry.sizeBytes <= maxBatchBytes, isPlausible(rest, magic: entry.magic)
            else { continue }
            return entry
        }
        return nil
    }

    private func isPlausible(_ bytes: UnsafeRawBufferPointer, magic: Int8) -> Bool {
        guard magic == 2 else {
            return bytes.count > 17 && bytes[17] & 0xF0 == 0 && bytes[17] & 7 < 4
        }
        guard let header = try? RecordBatchHeader(bytes), (try? header.validate()) != nil else {
            return false
        }
        return header.lastOffsetDelta >= 0 && header.attributes.rawValue & ~0x7F == 0
            && header.recordCount <= Int64(header.lastOffsetDelta) + 1
    }

    mutating func isIntact(
        _ entry: RecordSetEntry, at position: Int, in file: inout InspectedFile
    ) throws(LogError) -> Bool {
        workLeft -= entry.sizeBytes / 64 + RecordBatchHeader.byteCount
        if entry.magic == 2, entry.sizeBytes > LogInspection.pieceBytes {
            workLeft -= entry.sizeBytes
            return try isIntactInPieces(entry, at: position, in: &file)
        }
        let bytes = UnsafeRawBufferPointer(
            try file.bytes(at: position, count: entry.sizeBytes))
        guard bytes.count == entry.sizeBytes else { return false }
        // Key and value of an old message fill it exactly.
        if entry.magic < 2, (try? LegacyMessage(bytes)) == nil { return false }
        workLeft -= entry.sizeBytes
        return (try? BatchSummary.verifyCrc(of: bytes)) != nil
    }

    /// As `isIntact`, without the whole batch in memory.
    private func isIntactInPieces(
        _ entry: RecordSetEntry, at position: Int, in file: inout InspectedFile
    ) throws(LogError) -> Bool {
        let bytes = UnsafeRawBufferPointer(
            try file.bytes(at: position, count: RecordBatchHeader.byteCount))
        guard let header = try? RecordBatchHeader(bytes) else { return false }
        let start = position + RecordBatchHeader.crcStart
        return try file.crc32c(from: start, to: position + entry.sizeBytes) == header.crc
    }
}
