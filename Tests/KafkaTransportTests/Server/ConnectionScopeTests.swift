import KafkaSecurity
import NIOEmbedded
import Testing

@testable import KafkaTransport

@Suite struct ConnectionScopeTests {
    private func makeScope() -> ConnectionScope {
        ConnectionScope(id: 1, eventLoop: EmbeddedEventLoop(), listenerIndex: 0, peer: "test")
    }

    @Test func `Who has not authenticated is anonymous`() {
        let scope = makeScope()
        #expect("\(scope.principal)" == "User:ANONYMOUS")
        scope.principal = KafkaPrincipal(name: "alice")
        #expect("\(scope.principal)" == "User:alice")
    }

    @Test func `Everything that waits is told once`() {
        let scope = makeScope()
        var told: [String] = []
        _ = scope.beginWait { told.append("a \($0)") }
        let second = scope.beginWait { told.append("b \($0)") }
        scope.endWait(second)
        #expect(scope.waitCount == 1)
        scope.cancelWaits(.draining)
        scope.cancelWaits(.closed)
        #expect(told == ["a draining"])
        #expect(scope.isCancelled)
    }

    @Test func `Who can wait on behind the end of input is told of the connection's end as well`() {
        let scope = makeScope()
        var told: [String] = []
        _ = scope.beginWait { told.append("a \($0)") }
        scope.cancelWaits(.inputEnded)
        _ = scope.beginWait { told.append("b \($0)") }
        #expect(told == ["a inputEnded", "b inputEnded"])
        #expect(scope.waitCount == 2)
        scope.cancelWaits(.closed)
        #expect(told.dropFirst(2).sorted() == ["a closed", "b closed"])
        #expect(scope.waitCount == 0)
    }

    @Test func `Who begins to wait too late is told at once`() {
        let scope = makeScope()
        scope.cancelWaits(.closed)
        var told = false
        _ = scope.beginWait { _ in told = true }
        #expect(told)
        #expect(scope.waitCount == 0)
    }
}
