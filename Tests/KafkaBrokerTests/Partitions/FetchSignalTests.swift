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
        signal.add(early.id, isReadCommitted: false, seenEndOffset: 5, notify: early.note)
        signal.add(late.id, isReadCommitted: false, seenEndOffset: 8, notify: late.note)
        append(&signal, highWatermark: 8)
        append(&signal, highWatermark: 10)
        append(&signal, highWatermark: 10)
        #expect(
            early.events.withLockedValue { $0 } == [.appended(bytes: 300), .appended(bytes: 200)])
        #expect(late.events.withLockedValue { $0 } == [.appended(bytes: 200)])
    }

    private func append(
        _ signal: inout FetchSignal, highWatermark: Int64, lastStableOffset: Int64? = nil
    ) {
        let calls = signal.appended(
            highWatermark: highWatermark, lastStableOffset: lastStableOffset ?? highWatermark
        ) { Int($1 - $0) * 100 }
        for call in calls { call() }
    }

    /// Records of an open transaction are nothing to them; its end brings all of them at once.
    @Test func `Readers of committed records wait for the last stable offset`() {
        var signal = FetchSignal()
        let (all, committed) = (Waiter(), Waiter())
        signal.add(all.id, isReadCommitted: false, seenEndOffset: 5, notify: all.note)
        signal.add(committed.id, isReadCommitted: true, seenEndOffset: 5, notify: committed.note)
        append(&signal, highWatermark: 9, lastStableOffset: 5)
        #expect(all.events.withLockedValue { $0 } == [.appended(bytes: 400)])
        #expect(committed.events.withLockedValue { $0 }.isEmpty)
        append(&signal, highWatermark: 10, lastStableOffset: 10)
        #expect(committed.events.withLockedValue { $0 } == [.appended(bytes: 500)])
    }

    @Test func `Who has left is not told, also when they leave before they come`() {
        var signal = FetchSignal()
        let waiter = Waiter()
        signal.remove(waiter.id)
        signal.add(waiter.id, isReadCommitted: false, seenEndOffset: 0, notify: waiter.note)
        signal.remove(waiter.id)
        #expect(signal.isEmpty)
        append(&signal, highWatermark: 1)
        #expect(waiter.events.withLockedValue { $0 }.isEmpty)
    }

    @Test func `A change tells everybody and nobody waits any more`() {
        var signal = FetchSignal()
        let waiters = [Waiter(), Waiter()]
        for waiter in waiters {
            signal.add(waiter.id, isReadCommitted: false, seenEndOffset: 0, notify: waiter.note)
        }
        for call in signal.changed() { call() }
        for waiter in waiters { #expect(waiter.events.withLockedValue { $0 } == [.changed]) }
        #expect(signal.isEmpty)
    }
}
