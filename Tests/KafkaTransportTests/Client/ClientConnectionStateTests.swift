import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaTransport

/// A connection's decisions, without a channel.
@Suite struct ClientConnectionStateTests {
    private typealias State = ClientConnectionState<Int>

    private func pending(_ id: Int32, waiter: Int = 0, deadlineMs: Int64 = 1000) -> State.Pending {
        State.Pending(
            correlationID: id, key: .metadata, version: 9,
            deadline: .uptimeNanoseconds(0) + .milliseconds(deadlineMs), timeoutMs: 1000,
            waiter: waiter)
    }

    private func frame(_ id: Int32, _ message: (some ResponseMessage)?, version: Int16) throws
        -> ByteBuffer
    {
        var writer = WireWriter()
        writer.writeInteger(id)
        try message?.encode(to: &writer, version: version)
        return writer.buffer
    }

    private func apiVersions(_ code: ErrorCode = .none, max: Int16 = 3) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.errorCode = code
        var entry = ApiVersionsResponse.ApiVersion()
        entry.apiKey = ApiKey.apiVersions.rawValue
        entry.maxVersion = max
        response.apiKeys = [entry]
        return response
    }

    private func negotiate(_ state: inout State) throws {
        _ = state.connected(correlationID: 1)
        let answer = try frame(1, apiVersions(), version: 3)
        guard case .negotiated = state.received(answer, nextCorrelationID: 2) else {
            Issue.record("not negotiated")
            return
        }
    }

    @Test func nothingIsSentBeforeTheVersionsAreKnown() throws {
        var state = State(maxPendingRequests: 10)
        #expect(state.send(pending(1)) == .refuseClosed)
        #expect(state.connected(correlationID: 1) == 3)
        #expect(state.send(pending(2)) == .refuseClosed)
        let answer = try frame(1, apiVersions(), version: 3)
        guard case .negotiated(let ranges) = state.received(answer, nextCorrelationID: 2) else {
            Issue.record("not negotiated")
            return
        }
        #expect(ranges[.apiVersions] == 0...3)
        #expect(state.send(pending(2)) == .write)
    }

    @Test func aRefusedVersionIsTakenFromTheList() throws {
        var state = State(maxPendingRequests: 10)
        _ = state.connected(correlationID: 1)
        let refusal = try frame(1, apiVersions(.unsupportedVersion, max: 2), version: 0)
        guard
            case .negotiate(version: 2, correlationID: 7) = state.received(
                refusal, nextCorrelationID: 7)
        else {
            Issue.record("not asked again")
            return
        }
        let answer = try frame(7, apiVersions(max: 2), version: 2)
        guard case .negotiated = state.received(answer, nextCorrelationID: 8) else {
            Issue.record("not negotiated")
            return
        }
    }

    /// librdkafka's mock broker refuses with bytes that are no version 0.
    @Test func aRefusalThatCannotBeReadFallsBackToVersion0() throws {
        var state = State(maxPendingRequests: 10)
        _ = state.connected(correlationID: 1)
        let bytes = try #require(Hex.decode("00000001 0023 01 0012 0000 0002 00000000"))
        guard
            case .negotiate(version: 0, correlationID: 2) = state.received(
                ByteBuffer(bytes: bytes), nextCorrelationID: 2)
        else {
            Issue.record("not asked again")
            return
        }
    }

    @Test func negotiationEnds() throws {
        var state = State(maxPendingRequests: 10)
        _ = state.connected(correlationID: 1)
        var id: Int32 = 1
        for _ in 0..<10 {
            let refusal = try frame(id, apiVersions(.unsupportedVersion, max: 3), version: 0)
            switch state.received(refusal, nextCorrelationID: id + 1) {
            case .negotiate: id += 1
            case .end(let reason):
                #expect(reason == .refused(.unsupportedVersion))
                return
            default: Issue.record("neither")
            }
        }
        Issue.record("endless")
    }

    @Test func answersGoToTheirRequests() throws {
        var state = State(maxPendingRequests: 10)
        try negotiate(&state)
        #expect(state.send(pending(5, waiter: 50)) == .write)
        #expect(state.send(pending(6, waiter: 60)) == .write)
        for (id, waiter) in [(Int32(5), 50), (6, 60)] {
            var writer = WireWriter()
            writer.writeInteger(id)
            writer.writeUnsignedVarint(0)
            writer.writeInteger(UInt8(9))
            guard
                case .answer(let found, let reader) = state.received(
                    writer.buffer, nextCorrelationID: 9)
            else {
                Issue.record("no answer")
                return
            }
            #expect(found.waiter == waiter)
            #expect(reader.remaining == 1, "the body is left, the header is not")
        }
        #expect(state.pending.isEmpty)
    }

    @Test func anAnswerOutOfTurnEndsTheConnection() throws {
        var state = State(maxPendingRequests: 10)
        try negotiate(&state)
        _ = state.send(pending(5))
        var writer = WireWriter()
        writer.writeInteger(Int32(6))
        writer.writeUnsignedVarint(0)
        guard case .end(.invalidResponse) = state.received(writer.buffer, nextCorrelationID: 9)
        else {
            Issue.record("taken")
            return
        }
        #expect(state.ended().count == 1, "who waits is told")
        #expect(state.send(pending(7)) == .refuseClosed)
    }

    @Test func anAnswerThatNobodyAskedForEndsTheConnection() throws {
        var state = State(maxPendingRequests: 10)
        try negotiate(&state)
        guard
            case .end(.invalidResponse) = state.received(
                ByteBuffer(integer: Int64(1)), nextCorrelationID: 9)
        else {
            Issue.record("taken")
            return
        }
    }

    @Test func pendingRequestsAreBounded() throws {
        var state = State(maxPendingRequests: 2)
        try negotiate(&state)
        #expect(state.send(pending(1)) == .write)
        #expect(state.send(pending(2)) == .write)
        #expect(state.send(pending(3)) == .refuseTooMany)
    }

    @Test func aLateAnswerEndsTheConnection() throws {
        var state = State(maxPendingRequests: 10)
        try negotiate(&state)
        _ = state.send(pending(1, deadlineMs: 500))
        _ = state.send(pending(2, deadlineMs: 300))
        let origin = NIODeadline.uptimeNanoseconds(0)
        #expect(state.nextDeadline == origin + .milliseconds(300))
        #expect(state.expired(now: origin + .milliseconds(299)) == nil)
        #expect(
            state.expired(now: origin + .milliseconds(300))
                == .timedOut(key: .metadata, afterMs: 1000))
    }

    @Test func authenticationComesBeforeTheFirstRequest() throws {
        var state = State(maxPendingRequests: 3, authenticates: true)
        #expect(state.sendAuthentication(pending(1)) == .refuseClosed)
        try negotiate(&state)
        let isBegun = state.beginAuthentication()
        #expect(!isBegun, "it has begun already")
        #expect(state.send(pending(5)) == .hold)
        #expect(state.sendAuthentication(pending(2)) == .write)
        let silent = state.sendWithoutAnswer()
        #expect(silent == .hold)
        #expect(state.send(pending(6)) == .refuseTooMany, "what is held counts")
        #expect(state.pending.map(\.correlationID) == [2])
        state.authenticated()
        #expect(state.sendAuthentication(pending(7)) == .refuseClosed)
        #expect(state.send(pending(5)) == .write)
        let later = state.sendWithoutAnswer()
        #expect(later == .write)
    }

    /// KIP-368: what was sent before is answered before, what comes in between waits.
    @Test func authenticatingAgainHoldsRequestsBack() throws {
        var state = State(maxPendingRequests: 10)
        try negotiate(&state)
        #expect(state.send(pending(1, waiter: 10)) == .write)
        let (begins, beginsTwice) = (state.beginAuthentication(), state.beginAuthentication())
        #expect(begins && !beginsTwice)
        #expect(state.sendAuthentication(pending(2, waiter: 20)) == .write)
        #expect(state.send(pending(3)) == .hold)
        for (id, waiter) in [(Int32(1), 10), (2, 20)] {
            var writer = WireWriter()
            writer.writeInteger(id)
            writer.writeUnsignedVarint(0)
            guard
                case .answer(let found, _) = state.received(writer.buffer, nextCorrelationID: 9)
            else {
                Issue.record("no answer")
                return
            }
            #expect(found.waiter == waiter)
        }
        state.authenticated()
        #expect(state.send(pending(3)) == .write)
        _ = state.ended()
        let beginsAfterEnd = state.beginAuthentication()
        #expect(!beginsAfterEnd)
        #expect(state.send(pending(4)) == .refuseClosed)
        state.authenticated()
        #expect(state.send(pending(4)) == .refuseClosed, "an end stays one")
    }

    @Test func aCloseHasACause() throws {
        var state = State(maxPendingRequests: 10)
        _ = state.connected(correlationID: 1)
        #expect(state.closeCause == .beforeFirstAnswer)
        try negotiate(&state)
        #expect(state.closeCause == .unknown, "idle")
        _ = state.send(pending(1))
        #expect(state.closeCause == .atFirstRequest)
        var writer = WireWriter()
        writer.writeInteger(Int32(1))
        writer.writeUnsignedVarint(0)
        _ = state.received(writer.buffer, nextCorrelationID: 9)
        _ = state.send(pending(2))
        #expect(state.closeCause == .unknown)
    }

    @Test func randomFramesAreAnsweredOrRefused() throws {
        try Seeds.run(2000) { _, generator in
            var state = State(maxPendingRequests: 10)
            _ = state.connected(correlationID: 1)
            if Bool.random(using: &generator) { try negotiate(&state) }
            _ = state.send(pending(5))
            for _ in 0..<4 {
                var bytes = ByteBuffer(
                    integer: Int32([1, 5, 9].randomElement(using: &generator) ?? 1))
                for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                    bytes.writeInteger(UInt8.random(in: 0...255, using: &generator))
                }
                _ = state.received(bytes, nextCorrelationID: 9)
            }
        }
    }
}
