import Testing

@testable import KafkaBroker

@Suite struct FetchWaitTests {
    @Test func `Enough is answered at once`() {
        var wait = FetchWait(minBytes: 10, mayWait: true)
        #expect(wait.hasRead(bytes: 10, mustAnswer: false) == .answer)
    }

    @Test func `An error is answered at once`() {
        var wait = FetchWait(minBytes: 10, mayWait: true)
        #expect(wait.hasRead(bytes: 0, mustAnswer: true) == .answer)
    }

    @Test func `Who does not want to wait is answered with nothing`() {
        var wait = FetchWait(minBytes: 10, mayWait: false)
        #expect(wait.hasRead(bytes: 0, mustAnswer: false) == .answer)
    }

    @Test func `Appends are read again only when they can be enough`() {
        var wait = FetchWait(minBytes: 10, mayWait: true)
        #expect(wait.hasRead(bytes: 4, mustAnswer: false) == .wait)
        #expect(wait.appended(bytes: 5) == false)
        #expect(wait.appended(bytes: 1) == true)
        #expect(wait.hasRead(bytes: 10, mustAnswer: false) == .answer)
    }

    @Test func `The end of the time answers whatever there is`() {
        var wait = FetchWait(minBytes: 10, mayWait: true)
        #expect(wait.hasRead(bytes: 4, mustAnswer: false) == .wait)
        #expect(wait.end() == true)
        #expect(wait.hasRead(bytes: 4, mustAnswer: false) == .answer)
        #expect(wait.end() == false)
        #expect(wait.appended(bytes: 100) == false)
    }

    @Test func `The end of the time during a read makes it the last`() {
        var wait = FetchWait(minBytes: 10, mayWait: true)
        #expect(wait.end() == false)
        #expect(wait.hasRead(bytes: 0, mustAnswer: false) == .answer)
    }

    @Test func `What is appended during a read is not lost`() {
        var wait = FetchWait(minBytes: 10, mayWait: true)
        #expect(wait.appended(bytes: 10) == false)
        #expect(wait.hasRead(bytes: 0, mustAnswer: false) == .readAgain)
        #expect(wait.hasRead(bytes: 0, mustAnswer: false) == .wait)
    }

    @Test func `Nobody is answered who has gone`() {
        var wait = FetchWait(minBytes: 1, mayWait: true)
        #expect(wait.hasRead(bytes: 0, mustAnswer: false) == .wait)
        #expect(wait.appended(bytes: 5) == true)
        wait.drop()
        #expect(wait.hasRead(bytes: 5, mustAnswer: false) == .dropped)
        #expect(wait.appended(bytes: 5) == false)
        #expect(wait.end() == false)
    }
}
