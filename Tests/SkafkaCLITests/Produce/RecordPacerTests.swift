import NIOCore
import Testing

@testable import SkafkaCLI

@Suite struct RecordPacerTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func recordsAreSpacedOut() {
        var pacer = RecordPacer(perSecond: 10)
        #expect(pacer.delayMs(now: start) == 0)
        pacer.sent()
        #expect(pacer.delayMs(now: start) == 100)
        #expect(pacer.delayMs(now: start + .milliseconds(40)) == 60)
        #expect(pacer.delayMs(now: start + .milliseconds(100)) == 0)
        pacer.sent()
        #expect(pacer.delayMs(now: start + .milliseconds(100)) == 100)
    }

    @Test func aPauseIsNotCaughtUpWith() {
        var pacer = RecordPacer(perSecond: 10)
        _ = pacer.delayMs(now: start)
        pacer.sent()
        let later = start + .seconds(60)
        #expect(pacer.delayMs(now: later) == 0)
        pacer.sent()
        #expect(pacer.delayMs(now: later) == 100)
    }

    /// poll(2) sleeps for whole milliseconds: what is late then goes at once.
    @Test func aHighRateIsKeptOnTheWhole() {
        var pacer = RecordPacer(perSecond: 20_000)
        var now = start
        var sent = 0
        while now < start + .seconds(1) {
            let delayMs = pacer.delayMs(now: now)
            if delayMs > 0 {
                now = now + .milliseconds(Int64(delayMs)) + .microseconds(300)
            } else {
                pacer.sent()
                sent += 1
            }
        }
        #expect((19_900...20_100).contains(sent))
    }
}
