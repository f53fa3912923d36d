import NIOConcurrencyHelpers
import Testing

@testable import KafkaBroker

@Suite struct FetchSignalTests {
    private final class Waiter: Sendable {
        let events = NIOLockedValueBox<[FetchSignal.Event]>([])
        var id: ObjectIdentifier { ObjectIdentifier(self) }
        func note(_ event: FetchSignal.Event) { events.withLockedValue { $0.append(event) } }
    }

    @Test func `Each waiter is told the bytes it does not know of, once`() {
        var signal = FetchSignal()
        let (early, late) = (Waiter(), Waiter())
        signal.add(early.id, seenEndOffset: 5, notify: early.note)
        signal.add(late.id, seenEndOffset: 8, notify: late.note)
        let bytesFrom: (Int64) -> Int = { Int(10 - $0) * 100 }
        for call in signal.appended(endOffset: 8, bytesFrom: bytesFrom) { call() }
        for call in signal.appended(endOffset: 10, bytesFrom: bytesFrom) { call() }
        for call in signal.appended(endOffset: 10, bytesFrom: bytesFrom) { call() }
        #expect(
            early.events.withLockedValue { $0 } == [.appended(bytes: 500), .appended(bytes: 200)])
        #expect(late.events.withLockedValue { $0 } == [.appended(bytes: 200)])
    }

    @Test func `Who has left is not told, also when they leave before they come`() {
        var signal = FetchSignal()
        let waiter = Waiter()
        signal.remove(waiter.id)
        signal.add(waiter.id, seenEndOffset: 0, notify: waiter.note)
        signal.remove(waiter.id)
        #expect(signal.isEmpty)
        let calls = signal.appended(endOffset: 1) { _ in 1 }
        #expect(calls.isEmpty)
    }

    @Test func `A change tells everybody and nobody waits any more`() {
        var signal = FetchSignal()
        let waiters = [Waiter(), Waiter()]
        for waiter in waiters { signal.add(waiter.id, seenEndOffset: 0, notify: waiter.note) }
        for call in signal.changed() { call() }
        for waiter in waiters { #expect(waiter.events.withLockedValue { $0 } == [.changed]) }
        #expect(signal.isEmpty)
    }
}
