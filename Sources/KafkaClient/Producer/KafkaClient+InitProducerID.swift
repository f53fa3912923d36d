internal import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// Asks for a producer id without a transaction (KIP-98); any broker hands them out.
    func initProducerID() async throws(KafkaError) -> ProducerIdentity {
        var request = InitProducerIdRequest()
        request.transactionalId = nil
        request.transactionTimeoutMs = Int32.max
        var retry = Retry(configuration)
        while true {
            let response = try await send(request, to: .any)
            if response.errorCode == .none {
                return ProducerIdentity(id: response.producerId, epoch: response.producerEpoch)
            }
            try await retry.wait(after: KafkaError(response.errorCode, "producer id"))
        }
    }
}
