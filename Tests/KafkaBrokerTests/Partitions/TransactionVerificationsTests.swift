import Testing

@testable import KafkaBroker

/// Which questions about transactions still count when they are answered.
struct TransactionVerificationsTests {
    private let producer = ProducerIdentity(id: 5, epoch: 3)
    private let next = ProducerIdentity(id: 5, epoch: 4)

    private func begin(
        _ verifications: inout TransactionVerifications, _ producer: ProducerIdentity,
        sequence: Int32 = 0, raisesEpoch: Bool = false
    ) -> TransactionVerifications.Guard {
        verifications.begin(producer, sequence: sequence, raisesEpoch: raisesEpoch, nowMs: 0)
    }

    @Test func `What is asked meanwhile has the same guard, until records come`() {
        var verifications = TransactionVerifications()
        let first = begin(&verifications, producer)
        #expect(begin(&verifications, producer, sequence: 1) == first)
        #expect(verifications.stands(first, of: 5))
        verifications.didAppend(5)
        #expect(!verifications.stands(first, of: 5))
        #expect(begin(&verifications, producer) != first)
    }

    @Test func `The end of the transaction ends its questions`() {
        for (raisesEpoch, marker) in [(false, producer), (false, next), (true, next)] {
            var verifications = TransactionVerifications()
            let mark = begin(&verifications, producer, raisesEpoch: raisesEpoch)
            verifications.didEnd(marker)
            #expect(!verifications.stands(mark, of: 5))
        }
    }

    /// A producer is told of the end of its transaction before all markers are written.
    @Test func `A marker with a raised epoch leaves the next transaction's questions`() {
        var verifications = TransactionVerifications()
        let mark = begin(&verifications, next, raisesEpoch: true)
        verifications.didEnd(next)
        #expect(verifications.stands(mark, of: 5))
        verifications.didEnd(ProducerIdentity(id: 5, epoch: 5))
        #expect(!verifications.stands(mark, of: 5))
    }

    @Test func `A batch that comes before another that is to come is too early`() {
        var verifications = TransactionVerifications()
        _ = begin(&verifications, producer, sequence: 4)
        _ = begin(&verifications, producer, sequence: 2)
        #expect(verifications.isTooEarly(producer, sequence: 4))
        #expect(!verifications.isTooEarly(producer, sequence: 2))
        _ = begin(&verifications, next, sequence: 7)
        #expect(!verifications.isTooEarly(next, sequence: 7))
    }

    @Test func `Questions that nobody answers are forgotten`() {
        var verifications = TransactionVerifications()
        let mark = begin(&verifications, producer)
        verifications.removeExpired(nowMs: 99, expirationMs: 100)
        #expect(verifications.stands(mark, of: 5))
        verifications.removeExpired(nowMs: 100, expirationMs: 100)
        #expect(verifications.isEmpty)
    }

    @Test func `Their number is bounded`() {
        var verifications = TransactionVerifications()
        let first = begin(&verifications, producer)
        for id in 100..<Int64(100 + TransactionVerifications.maxProducers) {
            _ = verifications.begin(
                ProducerIdentity(id: id, epoch: 0), sequence: 0, raisesEpoch: true, nowMs: id)
        }
        #expect(!verifications.stands(first, of: 5))
    }
}
