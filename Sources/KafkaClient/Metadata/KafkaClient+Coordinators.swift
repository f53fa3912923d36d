internal import KafkaBase
internal import KafkaWire
internal import NIOCore

extension KafkaClient {
    /// Sends to the coordinator; where the answer says that it is another broker, or not ready yet,
    /// asks anew who it is and repeats, until `timeoutMs` of the configuration has passed.
    ///
    /// - Parameter errorCode: of the answer as a whole. Codes that do not concern the coordinator
    ///   are the caller's.
    func sendToCoordinator<Request: RequestMessage>(
        of key: CoordinatorKey, timeoutMs: Int? = nil, maxVersion: Int16 = .max,
        _ make: (_ version: Int16) throws(KafkaError) -> Request,
        errorCode: (Request.Response) -> ErrorCode
    ) async throws(KafkaError) -> Request.Response {
        var retry = Retry(configuration)
        while true {
            let response = try await send(
                to: .coordinator(key), timeoutMs: timeoutMs, maxVersion: maxVersion, make)
            let code = errorCode(response)
            guard code.concernsCoordinator else { return response }
            if code != .coordinatorLoadInProgress { forgetCoordinator(of: key) }
            try await retry.wait(after: KafkaError(code, "coordinator of \(key)"))
        }
    }

    /// Who coordinates a group or a transactional id; asks any broker when it is not known.
    func coordinator(
        of key: CoordinatorKey, deadline: NIODeadline? = nil
    ) async throws(KafkaError) -> Int32 {
        if let known = cachedCoordinator(of: key) { return known }
        var retry = Retry(configuration, deadline: deadline)
        while true {
            switch try await findCoordinators(of: [key])[key] {
            case .success(let broker)?: return broker
            case .failure(let error)?: try await retry.wait(after: error)
            case nil:
                try await retry.wait(
                    after: KafkaError(
                        .coordinatorNotAvailable, "coordinator of \(key)"))
            }
        }
    }

    /// Who coordinates each of them; those that are not known are asked for with one request of
    /// each type where the broker is new enough (version 4, KIP-699).
    func coordinators(
        of keys: [CoordinatorKey]
    ) async throws(KafkaError) -> [CoordinatorKey: Result<Int32, KafkaError>] {
        var results: [CoordinatorKey: Result<Int32, KafkaError>] = [:]
        for key in keys {
            if let known = cachedCoordinator(of: key) { results[key] = .success(known) }
        }
        var retry = Retry(configuration)
        while true {
            let open = keys.filter { key in
                switch results[key] {
                case nil: true
                case .success?: false
                case .failure(let error)?: error.isRetriable
                }
            }
            guard let first = open.first else { return results }
            results.merge(try await findCoordinators(of: open)) { _, new in new }
            guard case .failure(let error)? = results[first], error.isRetriable else { continue }
            do throws(KafkaError) {
                try await retry.wait(after: error)
            } catch {
                if error.kind == .closed { throw error }
                return results
            }
        }
    }

    /// Asks once; every key has its result then.
    private func findCoordinators(
        of keys: [CoordinatorKey]
    ) async throws(KafkaError) -> [CoordinatorKey: Result<Int32, KafkaError>] {
        var results: [CoordinatorKey: Result<Int32, KafkaError>] = [:]
        var open = Set(keys)
        while let key = open.first {
            let asked = open.filter { $0.type == key.type }.sorted { $0.id < $1.id }
            var batch: [CoordinatorKey] = []
            let response = try await send(to: .any) {
                version throws(KafkaError) -> FindCoordinatorRequest in
                batch = version >= 4 ? asked : [key]
                return FindCoordinatorRequest(batch, version)
            }
            let found = response.found(batch)
            learnBrokers(found.compactMap(\.broker))
            for key in batch {
                let answer = found.first { $0.id == key.id }
                results[key] =
                    answer.map { $0.result(key) } ?? .failure(.noAnswer("coordinator of \(key)"))
                if case .success(let broker)? = results[key] { learnCoordinator(broker, of: key) }
                open.remove(key)
            }
        }
        return results
    }
}

extension ErrorCode {
    /// Whether it says that the coordinator is elsewhere or not ready.
    var concernsCoordinator: Bool {
        switch self {
        case .notCoordinator, .coordinatorNotAvailable, .coordinatorLoadInProgress: true
        default: false
        }
    }
}

/// One key's answer, whatever the version of the response.
private struct FoundCoordinator {
    var id: String
    var nodeID: Int32
    var host: String
    var port: Int32
    var code: ErrorCode
    var detail: String?

    var broker: ClusterMetadata.Broker? {
        guard code == .none, nodeID >= 0, (0...65535).contains(port) else { return nil }
        return ClusterMetadata.Broker(id: nodeID, host: host, port: port, rack: nil)
    }

    func result(_ key: CoordinatorKey) -> Result<Int32, KafkaError> {
        broker.map { .success($0.id) }
            ?? .failure(
                KafkaError(
                    code == .none ? .coordinatorNotAvailable : code,
                    "coordinator of \(key)", detail: detail))
    }
}

extension FindCoordinatorRequest {
    fileprivate init(_ keys: [CoordinatorKey], _ version: Int16) {
        self.init()
        keyType = keys.first?.type ?? 0
        if version >= 4 {
            coordinatorKeys = keys.map(\.id)
        } else {
            key = keys.first?.id ?? ""
        }
    }
}

extension FindCoordinatorResponse {
    /// Below version 4 there is one answer, without its key.
    fileprivate func found(_ asked: [CoordinatorKey]) -> [FoundCoordinator] {
        guard coordinators.isEmpty else {
            return coordinators.map {
                FoundCoordinator(
                    id: $0.key, nodeID: $0.nodeId, host: $0.host, port: $0.port,
                    code: $0.errorCode, detail: $0.errorMessage)
            }
        }
        return asked.prefix(1).map {
            FoundCoordinator(
                id: $0.id, nodeID: nodeId, host: host, port: port, code: errorCode,
                detail: errorMessage)
        }
    }
}
