/// Which segments become one (Kafka's `Cleaner.groupSegmentsBySize`), so that logs do not end as
/// many small segments. Pure.
enum SegmentGroups {
    typealias SegmentView = CompactionView.SegmentView

    /// - Parameters:
    ///   - segments: in their order.
    ///   - endOffset: where the last of them ends at the latest.
    static func make(
        of segments: ArraySlice<SegmentView>, endOffset: Int64, settings: LogSettings
    ) -> [[SegmentView]] {
        var groups: [[SegmentView]] = []
        var sums = Sums()
        for (index, segment) in zip(segments.indices, segments) {
            let next = index + 1 < segments.endIndex ? segments[index + 1].baseOffset : endOffset
            let joined = sums.adding(segment)
            if let first = groups.last?.first, joined.fit(settings),
                // An empty one adds no offsets.
                segment.sizeBytes == 0 || next - 1 - first.baseOffset <= Int64(Int32.max)
            {
                groups[groups.count - 1].append(segment)
                sums = joined
            } else {
                groups.append([segment])
                sums = Sums().adding(segment)
            }
        }
        return groups
    }

    private struct Sums {
        var logBytes = 0
        var offsetEntries = 0
        var timeEntries = 0

        func adding(_ segment: SegmentView) -> Sums {
            Sums(
                logBytes: logBytes + segment.sizeBytes,
                offsetEntries: offsetEntries + segment.offsetEntries,
                timeEntries: timeEntries + segment.timeEntries)
        }

        func fit(_ settings: LogSettings) -> Bool {
            logBytes <= min(settings.segmentBytes, Int(Int32.max))
                && offsetEntries * OffsetIndexEntry.byteCount <= settings.indexSizeMaxBytes
                && timeEntries * TimeIndexEntry.byteCount <= settings.indexSizeMaxBytes
        }
    }
}
