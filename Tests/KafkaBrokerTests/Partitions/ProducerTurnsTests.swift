import NIOConcurrencyHelpers
import Testing

@testable import KafkaBroker

struct ProducerTurnsTests {
    @Test func whatComesLaterWaitsForWhatCameBefore() {
        var turns = ProducerTurns()
        let done = NIOLockedValueBox<[Int]>([])
        #expect(turns.begin(7) { done.withLockedValue { $0.append(1) } })
        #expect(!turns.begin(7) { done.withLockedValue { $0.append(2) } })
        #expect(!turns.begin(7) { done.withLockedValue { $0.append(3) } })
        // Of another producer, which waits for nobody.
        #expect(turns.begin(8) { done.withLockedValue { $0.append(4) } })
        #expect(turns.end(8) == nil)
        turns.end(7)?()
        turns.end(7)?()
        #expect(turns.end(7) == nil)
        #expect(done.withLockedValue { $0 } == [2, 3])
        #expect(turns.isEmpty)
    }
}
