import Testing

@testable import KafkaBroker

/// Figures that Kafka's own quota managers are held to.
@Suite struct WindowedRateTests {
    private let windows = QuotaWindows()

    /// Counts a value, and tells how long to wait.
    private func use(
        _ value: Double, of bound: Double, _ rate: inout WindowedRate, _ nowMs: Int64
    ) -> Int64 {
        rate.record(value, nowMs: nowMs, windows)
        return rate.throttleMs(bound: bound, nowMs: nowMs, windows)
    }

    @Test func `A burst is waited for until the rate is down at the bound`() {
        var rate = WindowedRate()
        var nowMs: Int64 = 1_000_000
        for _ in 0..<10 {
            #expect(use(400, of: 500, &rate, nowMs) == 0)
            nowMs += 1000
        }
        nowMs += 500
        // (400 * 10 + 2300) / 10.5 s = 600 per s, and (600 - 500) / 500 * 10.5 s = 2.1 s.
        #expect(use(2300, of: 500, &rate, nowMs) == 2100)
        nowMs += 2100
        for _ in 0..<10 {
            _ = use(400, of: 500, &rate, nowMs)
            nowMs += 1000
        }
        #expect(use(0, of: 500, &rate, nowMs) == 0, "the burst has left the windows")
    }

    @Test func `A first value is spread over the windows`() {
        var rate = WindowedRate()
        #expect(use(1000, of: 100, &rate, 5) == 0)
        #expect(use(500, of: 100, &rate, 5) == 5000)
    }

    @Test func `A burst of time is waited for in the same way`() {
        var rate = WindowedRate()
        var nowMs: Int64 = 0
        for _ in 0..<10 {
            #expect(use(4, of: 10, &rate, nowMs) == 0)
            nowMs += 1000
        }
        nowMs += 500
        // (4 * 10 + 67.1) / 10.5 s = 10.2 per s, and (10.2 - 10) / 10 * 10.5 s = 210 ms.
        #expect(use(67.1, of: 10, &rate, nowMs) == 210)
    }

    @Test func `What is taken back has not been`() {
        var rate = WindowedRate()
        #expect(use(10_000, of: 100, &rate, 0) > 0)
        #expect(use(-10_000, of: 100, &rate, 10) == 0)
        #expect(rate.measure(nowMs: 20, windows).perSecond == 0)
    }

    @Test func `A quiet time is forgotten`() {
        var rate = WindowedRate()
        #expect(use(100_000, of: 100, &rate, 0) > 0)
        #expect(use(0, of: 100, &rate, 10_999) > 0)
        #expect(use(0, of: 100, &rate, 22_000) == 0)
    }

    @Test func `The rate over a long time is the bound`() {
        var rate = WindowedRate()
        var nowMs: Int64 = 0
        var total = 0.0
        while nowMs < 600_000 {
            total += 300
            nowMs += use(300, of: 1000, &rate, nowMs) + 1
        }
        let perSecond = total / (Double(nowMs) / 1000)
        #expect((950...1050).contains(perSecond))
    }

    @Test func `Nobody waits for longer than an hour`() {
        var rate = WindowedRate()
        #expect(use(1e18, of: 1, &rate, 0) == ThrottleTime.maxMs)
    }
}
