internal import KafkaRecords

/// Finds the last batches of each producer in front of a snapshot, which itself keeps one of each.
///
/// A client may have five in flight. When the broker was killed after it had written them all and
/// begun another segment, it sends the first of them again: known by the snapshot alone that would
/// be out of order, and the client would go on with a new epoch and write all of them twice.
///
/// Used while a log is loaded, on that thread. Blocks; reads the headers of the last 64 MiB, which
/// is what a dozen clients have in flight at the most.
struct ProducerWindows {
    private static let maxBytes = 64 << 20

    let disk: any Disk
    let directory: String
    /// Base offsets of the segments, rising.
    let bases: [Int64]

    func restore(in states: inout ProducerStates, before offset: Int64) throws(LogError) {
        guard !states.entries.isEmpty else { return }
        var windows = Windows()
        var bytesLeft = Self.maxBytes
        var segments: [(base: Int64, skip: Int)] = []
        for base in bases.reversed() where base < offset && bytesLeft > 0 {
            let size = try disk.fileSize(path(base, .log)) ?? 0
            segments.append((base, max(0, size - bytesLeft)))
            bytesLeft -= size
        }
        for (base, skip) in segments.reversed() {
            try collect(&windows, base, from: skip, before: offset)
        }
        for (id, window) in windows.byProducer {
            states.restoreWindow(of: id, window.batches)
        }
    }

    private struct Windows {
        /// Batches of the newest epoch, the newest at the end.
        var byProducer: [Int64: (epoch: Int16, batches: [ProducerEntry.Batch])] = [:]

        mutating func add(_ batch: SequencedBatch) {
            guard !batch.isControl else { return }
            var window = byProducer[batch.producerID] ?? (batch.epoch, [])
            if window.epoch != batch.epoch { window = (batch.epoch, []) }
            if window.batches.count == ProducerEntry.maxBatches { window.batches.removeFirst() }
            window.batches.append(ProducerEntry.Batch(batch))
            byProducer[batch.producerID] = window
        }
    }

    /// Walks a segment from about `skip` bytes on. Where an index or a header is damaged it finds
    /// less, which the loading of the segment tells of.
    private func collect(
        _ windows: inout Windows, _ base: Int64, from skip: Int, before offset: Int64
    ) throws(LogError) {
        let file = try disk.open(path(base, .log), .read)
        let size = try file.size()
        var found = windows
        var batches = ScanBuffer(capacity: BatchScanner.blockBytes)
        let start = try position(in: base, upTo: skip)
        do throws(LogError) {
            try BatchScanner.forEach(in: file, from: start, to: size) {
                (frame) throws(LogError) in
                guard frame.baseOffset < offset, frame.follows(base) else { return .stop }
                let batch = try batches.sequencedBatch(of: frame, in: file, limit: size)
                if let batch { found.add(batch) }
                return .continue
            }
        } catch .corrupt {
            // What was found before it counts.
        }
        windows = found
    }

    /// Of the last batch that the offset index names up to a position.
    private func position(in base: Int64, upTo limit: Int) throws(LogError) -> Int {
        guard limit > 0, let size = try disk.fileSize(path(base, .index)) else { return 0 }
        let index = IndexReader<OffsetIndexEntry>(
            file: try disk.open(path(base, .index), .read),
            count: size / OffsetIndexEntry.byteCount)
        return Int(try index.last { Int($0.position) <= limit }?.entry.position ?? 0)
    }

    private func path(_ base: Int64, _ kind: SegmentFileName.Kind) -> String {
        SegmentFileName(base, kind).path(in: directory)
    }
}
