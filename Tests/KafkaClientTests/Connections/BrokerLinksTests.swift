import NIOCore
import Testing

@testable import KafkaClient

/// Whom a producer or consumer may send to, with a clock that the test sets.
@Suite struct BrokerLinksTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func make(maxInFlight: Int = 1) -> BrokerLinks {
        BrokerLinks(maxInFlight: maxInFlight, backoff: Backoff(initialMs: 100, maxMs: 1000))
    }

    /// Whether a request may be sent, and what is to be done about the connections.
    private func ask(
        _ links: inout BrokerLinks, _ id: Int32 = 1, at time: NIODeadline? = nil
    ) -> (canSend: Bool, actions: BrokerLinks.Actions) {
        var actions = BrokerLinks.Actions()
        let canSend = links.canSend(to: id, now: time ?? start, &actions)
        return (canSend, actions)
    }

    /// How long the links pause from `time` on, in ms.
    private func pauseMs(_ links: inout BrokerLinks, at time: NIODeadline) -> Int64? {
        ask(&links, at: time).actions.wakeAt.map { ($0 - time).nanoseconds / 1_000_000 }
    }

    @Test func aConnectionIsMadeOnceAndThenUsed() {
        var links = make()
        #expect(ask(&links).actions.connect == [1])
        let second = ask(&links)
        #expect(!second.canSend && second.actions.connect.isEmpty && second.actions.wakeAt == nil)
        #expect(!links.isReady(1) && !links.isAnyReady)
        links.connected(1)
        #expect(links.isReady(1) && links.isAnyReady)
        #expect(ask(&links).canSend)
        #expect(ask(&links, 2).actions.connect == [2], "each broker has its own")
    }

    @Test func noMoreIsUnderWayThanAllowed() {
        var links = make(maxInFlight: 2)
        links.connected(1)
        links.sent(to: 1)
        #expect(ask(&links).canSend)
        links.sent(to: 1)
        #expect(!ask(&links).canSend)
        links.failed(at: 1)
        #expect(ask(&links).canSend)
        links.sent(to: 1)
        links.answered(by: 1, now: start)
        #expect(ask(&links).canSend)
        links.sent(to: 1)
        links.dropRequests()
        links.sent(to: 1)
        #expect(ask(&links).canSend)
    }

    @Test func pausesGrowUntilTheBrokerAnswers() throws {
        var links = make()
        for nominal: Int64 in [100, 200, 400, 800, 1000, 1000] {
            links.connected(1)
            links.disconnected(1, now: start)
            #expect(!links.isReady(1))
            let pause = try #require(pauseMs(&links, at: start))
            #expect(abs(pause - nominal) <= nominal / 5)
        }
        // To be connected is not enough: some brokers take connections but do not answer.
        let late = start + .seconds(2)
        #expect(ask(&links, at: late).actions.connect == [1])
        links.connected(1)
        links.sent(to: 1)
        links.answered(by: 1, now: late)
        links.disconnected(1, now: late)
        let pause = try #require(pauseMs(&links, at: late))
        #expect(abs(pause - 100) <= 20)
    }

    @Test func aThrottledBrokerIsLeftAloneForAsLongAsItSays() {
        var links = make()
        links.connected(1)
        links.sent(to: 1)
        links.answered(by: 1, throttleMs: 700, now: start)
        #expect(pauseMs(&links, at: start) == 700)
        #expect(ask(&links, at: start + .milliseconds(700)).canSend)
    }

    @Test func theEarliestTimeCounts() {
        var actions = BrokerLinks.Actions()
        actions.wake(at: start + .seconds(2))
        actions.wake(at: start + .seconds(1))
        actions.wake(at: start + .seconds(3))
        #expect(actions.wakeAt == start + .seconds(1))
    }
}
