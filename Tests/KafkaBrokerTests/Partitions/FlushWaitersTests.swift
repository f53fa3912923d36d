import Testing

@testable import KafkaBroker

@Suite struct FlushWaitersTests {
    @Test func `Who comes during a flush shares the next one`() {
        var waiters = FlushWaiters<String>()
        #expect(waiters.add(endOffset: 1, "a") == true)
        #expect(waiters.add(endOffset: 2, "b") == false)
        #expect(waiters.add(endOffset: 3, "c") == false)
        let first = waiters.flushed(upTo: 1)
        #expect(first.done == ["a"])
        #expect(first.flushAgain)
        let second = waiters.flushed(upTo: 3)
        #expect(second.done == ["b", "c"])
        #expect(!second.flushAgain)
        #expect(waiters.add(endOffset: 4, "d") == true)
    }

    @Test func `A flush that reaches further than asked frees those it covers`() {
        var waiters = FlushWaiters<String>()
        #expect(waiters.add(endOffset: 1, "a") == true)
        #expect(waiters.add(endOffset: 2, "b") == false)
        #expect(waiters.flushed(upTo: 2).done == ["a", "b"])
    }

    @Test func `A flush nobody waits for still follows one under way`() {
        var waiters = FlushWaiters<String>()
        #expect(waiters.add(endOffset: 1, nil) == true)
        #expect(waiters.add(endOffset: 2, nil) == false)
        #expect(waiters.flushed(upTo: 1).flushAgain == true)
        #expect(waiters.flushed(upTo: 2).flushAgain == false)
    }

    @Test func `After a failure all are let down and the next may try again`() {
        var waiters = FlushWaiters<String>()
        _ = waiters.add(endOffset: 1, "a")
        _ = waiters.add(endOffset: 2, "b")
        #expect(waiters.failed() == ["a", "b"])
        #expect(waiters.isEmpty)
        #expect(waiters.add(endOffset: 3, "c") == true)
    }
}
