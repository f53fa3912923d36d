import Testing

@testable import KafkaBroker

@Suite struct TokenBucketTests {
    private let windows = QuotaWindows(count: 10, sizeMs: 1000)

    @Test func `A full bucket may be overdrawn once`() {
        var bucket = TokenBucket(bound: 10, nowMs: 1000, windows)
        #expect(bucket.throttleMs(bound: 10, nowMs: 1000, windows) == 0)
        bucket.take(90, bound: 10, nowMs: 1000, windows)
        #expect(bucket.throttleMs(bound: 10, nowMs: 1000, windows) == 0)
        bucket.take(90, bound: 10, nowMs: 1000, windows)
        // 80 too many, of which 10 come back each second.
        #expect(bucket.throttleMs(bound: 10, nowMs: 1000, windows) == 8000)
        #expect(bucket.throttleMs(bound: 10, nowMs: 6000, windows) == 3000)
        #expect(bucket.throttleMs(bound: 10, nowMs: 9000, windows) == 0)
    }

    @Test func `It never holds more than the windows' worth`() {
        var bucket = TokenBucket(bound: 10, nowMs: 0, windows)
        bucket.take(150, bound: 10, nowMs: 1_000_000, windows)
        #expect(bucket.throttleMs(bound: 10, nowMs: 1_000_000, windows) == 5000)
    }

    @Test func `A clock that goes back gives and takes nothing`() {
        var bucket = TokenBucket(bound: 10, nowMs: 10_000, windows)
        bucket.take(110, bound: 10, nowMs: 10_000, windows)
        #expect(bucket.throttleMs(bound: 10, nowMs: 0, windows) == 1000)
    }
}
