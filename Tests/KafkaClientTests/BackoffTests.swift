import TestSupport
import Testing

@testable import KafkaClient

@Suite struct BackoffTests {
    @Test func doublesUpToItsLimitWithinAFifth() {
        var generator = SeededGenerator(seed: 7)
        var backoff = Backoff(initialMs: 100, maxMs: 1000)
        for nominal in [100, 200, 400, 800, 1000, 1000, 1000] {
            let pause = backoff.nextMs(using: &generator)
            #expect((nominal * 4 / 5...nominal * 6 / 5).contains(pause))
        }
        for _ in 0..<100 { #expect(backoff.nextMs(using: &generator) <= 1200) }
        backoff.reset()
        #expect(backoff.nextMs(using: &generator) <= 120)
    }
}
