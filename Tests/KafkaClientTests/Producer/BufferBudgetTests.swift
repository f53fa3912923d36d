import Testing

@testable import KafkaClient

@Suite struct BufferBudgetTests {
    @Test func whoNeedsALotWaitsUntilThereIsAsMuch() async {
        let budget = BufferBudget(limitBytes: 1000)
        #expect(budget.reserve(700))
        #expect(!budget.reserve(500))
        #expect(!budget.hasRoom(held: 700), "room for less is none")
        #expect(budget.hasRoom(held: 500))
        async let waiting: Void = budget.waitForRoom()
        budget.release(200)
        await waiting
        #expect(budget.reserve(500))
    }

    @Test func whatIsLargerThanAllWaitsUntilNothingIsHeld() async {
        let budget = BufferBudget(limitBytes: 1000)
        #expect(budget.reserve(1))
        #expect(!budget.reserve(5000))
        #expect(!budget.hasRoom(held: 1))
        async let waiting: Void = budget.waitForRoom()
        budget.release(1)
        await waiting
        #expect(budget.reserve(5000))
    }
}
