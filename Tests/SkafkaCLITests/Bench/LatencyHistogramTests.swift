import Testing

@testable import SkafkaCLI

@Suite struct LatencyHistogramTests {
    @Test func percentilesOfKnownValues() {
        var histogram = LatencyHistogram()
        for micros in 1...1000 { histogram.add(nanoseconds: UInt64(micros) * 1000) }
        #expect(histogram.count == 1000)
        #expect(histogram.percentile(50) == 500)
        #expect(histogram.percentile(99) == 990)
        #expect(histogram.maxMicros == 1000)
        #expect((500...501).contains(histogram.meanMicros))
    }

    @Test func nothingCountedIsZero() {
        let histogram = LatencyHistogram()
        #expect(histogram.percentile(99.9) == 0)
        #expect(histogram.maxMicros == 0)
        #expect(histogram.meanMicros == 0)
        #expect(histogram.bars.isEmpty)
    }

    @Test func barsCountEverythingOnce() {
        var histogram = LatencyHistogram()
        histogram.add(nanoseconds: 700_000, count: 3)
        histogram.add(nanoseconds: 3_000_000, count: 5)
        histogram.add(nanoseconds: 4_999_000, count: 2)
        #expect(
            histogram.bars == [
                .init(upToMicros: 1000, count: 3), .init(upToMicros: 2000, count: 0),
                .init(upToMicros: 5000, count: 7),
            ])
    }

    @Test func whatIsLongerThanAnHourIsAnHour() {
        var histogram = LatencyHistogram()
        histogram.add(nanoseconds: .max)
        histogram.add(nanoseconds: 0)
        #expect(histogram.count == 2)
        #expect(histogram.maxMicros >= 3_600_000_000)
        #expect(histogram.bars.map(\.count).reduce(0, +) == 2)
    }

    @Test func addingAnotherKeepsBoth() {
        var (first, second) = (LatencyHistogram(), LatencyHistogram())
        first.add(nanoseconds: 1_000_000)
        second.add(nanoseconds: 9_000_000)
        first.add(second)
        #expect(first.count == 2)
        #expect(first.maxMicros == 9000)
    }
}
