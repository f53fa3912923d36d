internal import KafkaBase
internal import KafkaWire

/// The brokers of a cluster and which of them is its controller.
public struct ClusterDescription: Sendable, Equatable {
    public struct Broker: Sendable, Equatable {
        public var id: Int32
        public var host: String
        public var port: Int32
        public var rack: String?
        /// Whether the controller keeps it from leading anything (KIP-1073).
        public var isFenced = false
    }

    /// Nil where the broker does not tell.
    public var clusterID: String?
    /// Nil where there is none at the moment.
    public var controllerID: Int32?
    /// By id.
    public var brokers: [Broker]
}

extension KafkaClient {
    /// Brokers, controller and id of the cluster, with brokers that are fenced where it tells of
    /// them (DescribeCluster from version 2, KIP-700).
    ///
    /// ```swift
    /// let cluster = try await client.describeCluster()
    /// print(cluster.brokers.map(\.host))
    /// ```
    public func describeCluster() async throws(KafkaError) -> ClusterDescription {
        do throws(KafkaError) {
            let response = try await send(to: .any) { version throws(KafkaError) in
                var request = DescribeClusterRequest()
                request.includeFencedBrokers = version >= 2
                return request
            }
            if response.errorCode != .none {
                throw KafkaError(
                    response.errorCode, "describe cluster", detail: response.errorMessage)
            }
            return ClusterDescription(response)
        } catch {
            // Every broker serves Metadata; DescribeCluster only newer ones.
            guard error.kind == .unsupported else { throw error }
            return ClusterDescription(try await metadata(topics: []))
        }
    }
}

extension ClusterDescription {
    fileprivate init(_ response: DescribeClusterResponse) {
        clusterID = response.clusterId
        controllerID = response.controllerId >= 0 ? response.controllerId : nil
        brokers = response.brokers.map {
            Broker(
                id: $0.brokerId, host: $0.host, port: $0.port, rack: $0.rack,
                isFenced: $0.isFenced)
        }.sorted { $0.id < $1.id }
    }

    fileprivate init(_ metadata: ClusterMetadata) {
        clusterID = metadata.clusterID
        controllerID = metadata.controllerID
        brokers = metadata.brokers.map {
            Broker(id: $0.id, host: $0.host, port: $0.port, rack: $0.rack)
        }
    }
}
