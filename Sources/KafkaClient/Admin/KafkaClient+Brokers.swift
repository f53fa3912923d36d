internal import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// Asks every broker of the cluster at the same time, each again while its answer is an error
    /// that may pass.
    ///
    /// - Parameter brokers: nil for all that Metadata names.
    /// - Returns: for each broker its answer, or why there is none.
    /// - Throws: when not even the brokers can be found out.
    func askBrokers<Request: RequestMessage>(
        _ brokers: [Int32]? = nil,
        _ make: @escaping @Sendable (_ version: Int16) throws(KafkaError) -> Request,
        errorCode: @escaping @Sendable (Request.Response) -> ErrorCode,
        what: String
    ) async throws(KafkaError) -> [Int32: Result<Request.Response, KafkaError>] {
        let asked: [Int32]
        if let brokers {
            asked = brokers
        } else {
            asked = try await metadata(topics: []).brokers.map(\.id)
        }
        typealias Answer = (broker: Int32, result: Result<Request.Response, KafkaError>)
        return await withTaskGroup(of: Answer.self) { group in
            for broker in Set(asked) {
                group.addTask {
                    let result = await KafkaError.result { () throws(KafkaError) in
                        try await self.ask(broker, make, errorCode: errorCode, what: what)
                    }
                    return (broker, result)
                }
            }
            var results: [Int32: Result<Request.Response, KafkaError>] = [:]
            for await answer in group { results[answer.broker] = answer.result }
            return results
        }
    }

    private func ask<Request: RequestMessage>(
        _ broker: Int32, _ make: (_ version: Int16) throws(KafkaError) -> Request,
        errorCode: (Request.Response) -> ErrorCode, what: String
    ) async throws(KafkaError) -> Request.Response {
        var retry = Retry(configuration)
        while true {
            let response = try await send(to: .broker(broker), make)
            let code = errorCode(response)
            if code == .none { return response }
            try await retry.wait(after: KafkaError(code, "\(what) of broker \(broker)"))
        }
    }
}
