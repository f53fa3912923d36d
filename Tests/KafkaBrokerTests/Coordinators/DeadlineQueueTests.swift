import TestSupport
import Testing

@testable import KafkaBroker

struct DeadlineQueueTests {
    @Test func whatIsDueComesOutOnce() {
        var queue = DeadlineQueue<String>()
        #expect(queue.nextMs == nil)
        queue.set("a", at: 20)
        queue.set("b", at: 10)
        #expect(queue.nextMs == 10)
        #expect(queue.popDue(nowMs: 9) == nil)
        #expect(queue.popDue(nowMs: 25) == "b")
        #expect(queue.popDue(nowMs: 25) == "a")
        #expect(queue.popDue(nowMs: 25) == nil)
        #expect(queue.nextMs == nil)
    }

    @Test func aDeadlineThatMovedOutIsNotDueBefore() {
        var queue = DeadlineQueue<String>()
        queue.set("a", at: 10)
        queue.set("a", at: 30)
        #expect(queue.popDue(nowMs: 29) == nil)
        #expect(queue.nextMs == 30)
        #expect(queue.popDue(nowMs: 30) == "a")
    }

    @Test func aDeadlineThatMovedInIsDueThen() {
        var queue = DeadlineQueue<String>()
        queue.set("a", at: 30)
        queue.set("a", at: 10)
        #expect(queue.nextMs == 10)
        #expect(queue.popDue(nowMs: 10) == "a")
        #expect(queue.popDue(nowMs: 40) == nil)
    }

    @Test func whatIsCancelledIsNotDue() {
        var queue = DeadlineQueue<String>()
        queue.set("a", at: 10)
        queue.cancel("a")
        #expect(queue.nextMs == nil)
        #expect(queue.popDue(nowMs: 10) == nil)
        queue.set("a", at: 20)
        #expect(queue.popDue(nowMs: 19) == nil)
        #expect(queue.popDue(nowMs: 20) == "a")
    }

    /// Against a dictionary that is searched.
    @Test func randomOperations() throws {
        try Seeds.run(300) { _, generator in
            var queue = DeadlineQueue<Int>()
            var model: [Int: Int64] = [:]
            var nowMs: Int64 = 0
            for _ in 0..<200 {
                let key = Int.random(in: 0..<8, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0, 1:
                    let deadlineMs = nowMs + Int64.random(in: 0...50, using: &generator)
                    queue.set(key, at: deadlineMs)
                    model[key] = deadlineMs
                case 2:
                    queue.cancel(key)
                    model[key] = nil
                default:
                    nowMs += Int64.random(in: 0...20, using: &generator)
                    var due: Set<Int> = []
                    while let key = queue.popDue(nowMs: nowMs) { due.insert(key) }
                    #expect(due == Set(model.filter { $0.value <= nowMs }.keys))
                    model = model.filter { $0.value > nowMs }
                }
                #expect(queue.deadlineMs(of: key) == model[key])
                let first = model.values.min()
                #expect((queue.nextMs == nil) == (first == nil))
                if let first, let next = queue.nextMs { #expect(next <= first) }
            }
        }
    }
}
