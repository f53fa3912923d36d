internal import KafkaBase
internal import KafkaClient

/// All that a cluster tells of itself.
struct ClusterReport {
    /// A log directory with whose it is.
    struct Directory {
        var broker: Int32
        var directory: LogDirectory
    }

    var cluster: ClusterDescription
    /// Nil where the brokers are too old to tell, likewise the others.
    var features: [ClusterFeature]?
    var quorum: QuorumDescription?
    var directories: [Directory]?
    /// What could not be found out though it is there.
    var errors: [KafkaError] = []

    /// - Throws: `KafkaError` when no broker answers.
    static func load(_ client: KafkaClient) async throws -> ClusterReport {
        var report = ClusterReport(cluster: try await client.describeCluster())
        report.features = try await report.optional { try await client.describeFeatures() }
        report.quorum = try await report.optional { try await client.describeQuorum() }
        let live = report.cluster.brokers.filter { !$0.isFenced }.map(\.id)
        let answers = try await report.optional {
            try await client.describeLogDirs(brokers: live)
        }
        report.take(answers ?? [:])
        return report
    }

    /// What older brokers do not serve is left out; another failure is told.
    private mutating func optional<Value>(
        _ ask: () async throws -> Value
    ) async throws -> Value? {
        do {
            return try await ask()
        } catch let error as KafkaError where error.kind == .unsupported {
            return nil
        } catch let error as KafkaError where error.kind != .closed {
            errors.append(error)
            return nil
        }
    }

    private mutating func take(_ answers: [Int32: Result<[LogDirectory], KafkaError>]) {
        for (broker, answer) in answers.sorted(by: { $0.key < $1.key }) {
            switch answer {
            case .success(let found):
                directories =
                    (directories ?? [])
                    + found.map { Directory(broker: broker, directory: $0) }
                errors += found.compactMap(\.error)
            case .failure(let error) where error.kind == .unsupported: continue
            case .failure(let error): errors.append(error)
            }
        }
    }

    /// Bytes of a broker's logs; nil where it does not tell.
    func logBytes(of broker: Int32) -> Int64? {
        let own = (directories ?? []).filter { $0.broker == broker }
        return own.isEmpty ? nil : own.reduce(0) { $0 + $1.directory.sizeBytes }
    }
}
