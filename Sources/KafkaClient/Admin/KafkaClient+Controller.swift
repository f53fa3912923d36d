internal import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// Sends to the controller; asks anew who that is when the answer says it is another broker.
    func sendToController<Request: RequestMessage>(
        _ request: Request, isElsewhere: (Request.Response) -> Bool
    ) async throws(KafkaError) -> Request.Response {
        try await sendToController({ _ in request }, isElsewhere: isElsewhere)
    }

    func sendToController<Request: RequestMessage>(
        _ make: (_ version: Int16) -> Request, isElsewhere: (Request.Response) -> Bool
    ) async throws(KafkaError) -> Request.Response {
        var retry = Retry(configuration)
        while true {
            let response = try await send(to: .controller) { version throws(KafkaError) in
                make(version)
            }
            guard isElsewhere(response) else { return response }
            try await retry.wait(after: KafkaError(.notController, "controller"))
            try await fetchMetadata([], autoCreate: false)
        }
    }
}
