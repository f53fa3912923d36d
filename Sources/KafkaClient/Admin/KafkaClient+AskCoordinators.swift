internal import KafkaBase

extension KafkaClient {
    typealias CoordinatorResults<Value> = [CoordinatorKey: Result<Value, KafkaError>]

    /// Asks the coordinator of each key, all keys of a broker with one request; asks again, where
    /// an error may pass, those who coordinate them by then.
    ///
    /// - Parameter ask: sends one request for keys that a broker coordinates.
    /// - Returns: for each key its result, or why there is none.
    /// - Throws: `closed`.
    func askCoordinators<Value>(
        of keys: [CoordinatorKey],
        _ ask: (Int32, [CoordinatorKey]) async throws(KafkaError) -> CoordinatorResults<Value>
    ) async throws(KafkaError) -> CoordinatorResults<Value> {
        var results: CoordinatorResults<Value> = [:]
        var open = Set(keys)
        var retry = Retry(configuration)
        while !open.isEmpty {
            for (broker, group) in try await byCoordinator(open, &results) {
                do throws(KafkaError) {
                    results.merge(try await ask(broker, group)) { _, new in new }
                } catch {
                    if error.kind == .closed { throw error }
                    for key in group { results[key] = .failure(error) }
                }
                for key in group where results[key] == nil {
                    results[key] = .failure(.noAnswer("coordinator of \(key)"))
                }
            }
            open = open.filter { key in
                guard case .failure(let error)? = results[key] else { return false }
                return error.errorCode?.concernsCoordinator ?? (error.kind == .connectionFailed)
            }
            guard let key = open.first, case .failure(let error)? = results[key] else { break }
            for key in open { forgetCoordinator(of: key) }
            do throws(KafkaError) {
                try await retry.wait(after: error)
            } catch {
                if error.kind == .closed { throw error }
                break
            }
        }
        return results
    }

    /// Sorts keys by who coordinates them; those whose coordinator is not found get their error.
    private func byCoordinator<Value>(
        _ keys: Set<CoordinatorKey>, _ results: inout CoordinatorResults<Value>
    ) async throws(KafkaError) -> [Int32: [CoordinatorKey]] {
        var groups: [Int32: [CoordinatorKey]] = [:]
        for (key, found) in try await coordinators(of: keys.sorted { $0.id < $1.id }) {
            switch found {
            case .success(let broker): groups[broker, default: []].append(key)
            case .failure(let error): results[key] = .failure(error)
            }
        }
        return groups
    }
}
