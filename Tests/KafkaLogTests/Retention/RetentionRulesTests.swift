import Testing

@testable import KafkaLog

/// Segments of 100 bytes and ten offsets each, with timestamps 1,000 apart.
@Suite struct RetentionRulesTests {
    private func count(
        of segmentCount: Int = 5, ms: Int64 = -1, bytes: Int64 = -1, start: Int64 = 0,
        highWatermark: Int64 = .max, nowMs: Int64 = 10_000, isDeleted: Bool = true,
        isLastEmpty: Bool = false
    ) -> Int {
        var settings = LogSettings()
        settings.retentionMs = ms
        settings.retentionBytes = bytes
        settings.isDeletedByRetention = isDeleted
        let segments = (0..<segmentCount).map { index in
            RetentionRules.Segment(
                baseOffset: Int64(index) * 10,
                sizeBytes: isLastEmpty && index == segmentCount - 1 ? 0 : 100,
                largestTimestamp: Int64(index) * 1_000)
        }
        return RetentionRules(
            settings: settings, logStartOffset: start, logEndOffset: Int64(segmentCount) * 10,
            highWatermark: min(highWatermark, Int64(segmentCount) * 10), nowMs: nowMs
        ).expiredCount(segments)
    }

    @Test func nothingGoesWithoutBounds() {
        #expect(count() == 0)
        #expect(count(of: 0) == 0)
    }

    @Test(arguments: [
        (10_000, 0), (9_999, 1), (9_000, 1), (8_999, 2), (6_000, 4), (5_999, 5), (0, 5),
    ])
    func whatIsTooOldGoes(_ ms: Int64, _ expected: Int) {
        #expect(count(ms: ms) == expected)
    }

    @Test func aYoungSegmentShieldsThoseBehindIt() {
        var settings = LogSettings()
        settings.retentionMs = 100
        let timestamps: [Int64] = [0, 9_950, 0]
        let rules = RetentionRules(
            settings: settings, logStartOffset: 0, logEndOffset: 30, highWatermark: 30,
            nowMs: 10_000)
        let segments = timestamps.enumerated().map { index, timestamp in
            RetentionRules.Segment(
                baseOffset: Int64(index) * 10, sizeBytes: 1, largestTimestamp: timestamp)
        }
        #expect(rules.expiredCount(segments) == 1)
    }

    @Test(arguments: [(500, 0), (499, 0), (401, 0), (400, 1), (301, 1), (0, 5), (1, 4)])
    func whatIsTooMuchGoesByWholeSegments(_ bytes: Int64, _ expected: Int) {
        #expect(count(bytes: bytes) == expected)
    }

    @Test func sizeCountsWhatTimeAndTheStartLeave() {
        // 20 is the base of the third: two go, of the other three one is too much.
        #expect(count(bytes: 200, start: 20) == 3)
        #expect(count(bytes: 200, start: 29) == 3)
        #expect(count(ms: 7_500, bytes: 200, start: 0) == 3)
    }

    @Test func belowTheLogStartAllGoesWhateverThePolicy() {
        #expect(count(ms: 0, bytes: 0, start: 25, isDeleted: false) == 2)
        #expect(count(start: 50, isDeleted: false) == 4)
    }

    @Test func nothingGoesBeyondTheHighWatermark() {
        #expect(count(ms: 0, highWatermark: 29) == 2)
        #expect(count(bytes: 0, highWatermark: 30) == 3)
        #expect(count(start: 40, highWatermark: 5) == 0)
    }

    @Test func anEmptyActiveSegmentStays() {
        #expect(count(ms: 0, isLastEmpty: true) == 4)
        #expect(count(of: 1, ms: 0, isLastEmpty: true) == 0)
    }

    @Test(arguments: [Int64.min, .max])
    func timestampsOfAnyValue(_ timestamp: Int64) {
        var settings = LogSettings()
        settings.retentionMs = 1_000
        let rules = RetentionRules(
            settings: settings, logStartOffset: 0, logEndOffset: 10, highWatermark: 10,
            nowMs: 5_000)
        let segment = RetentionRules.Segment(
            baseOffset: 0, sizeBytes: 10, largestTimestamp: timestamp)
        #expect(rules.expiredCount([segment]) == (timestamp < 0 ? 1 : 0))
    }
}
