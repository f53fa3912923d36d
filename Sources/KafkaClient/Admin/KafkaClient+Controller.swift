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

extension TopicResult {
    /// Brokers may answer in any order, and leave out what they were asked twice.
    static func inOrder(_ names: [String], _ results: [TopicResult]) -> [TopicResult] {
        let byName = Dictionary(results.map { ($0.name, $0) }) { first, _ in first }
        return names.map { name in
            byName[name]
                ?? TopicResult(
                    name: name, code: .unknownServerError, what: "topic",
                    detail: "the broker did not answer for it", topicID: .zero)
        }
    }
}
