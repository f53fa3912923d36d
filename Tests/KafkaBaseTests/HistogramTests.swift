import KafkaBase
import Testing

@Suite struct HistogramTests {
    @Test func `A value counts below the first bound that is not less`() {
        var histogram = Histogram(bounds: [10, 20])
        for value in [0, 10, 11, 20, 21, 5000] { histogram.add(value) }
        #expect(histogram.counts == [2, 2, 2])
        #expect(histogram.count == 6 && histogram.sum == 5062)
    }

    @Test func `Histograms add up`() {
        var left = Histogram(bounds: Histogram.latencyBounds)
        var right = left
        left.add(1)
        right.add(99_000_000)
        left.add(right)
        #expect(left.counts.first == 1 && left.counts.last == 1 && left.sum == 99_000_001)
    }

    @Test(arguments: [Histogram.latencyBounds, Histogram.sizeBounds])
    func `The usual bounds rise`(bounds: [Int]) {
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
        #expect(bounds.count < 20)
    }
}
