internal import KafkaBase
internal import KafkaTransport
internal import KafkaWire

/// A feature of the cluster, with the levels that a broker knows and the one in force (KIP-584).
public struct ClusterFeature: Sendable, Equatable {
    public var name: String
    /// Nil when this broker does not know it.
    public var supported: ClosedRange<Int16>?
    /// Nil while none is in force.
    public var finalizedLevel: Int16?
}

/// A change of a feature's level.
public struct FeatureUpdate: Sendable, Equatable {
    /// What may be lost by it.
    public enum Kind: Int8, Sendable {
        case upgrade = 1
        /// Where nothing of the metadata is lost.
        case safeDowngrade = 2
        case unsafeDowngrade = 3
    }

    public var name: String
    /// 0 turns it off.
    public var level: Int16
    public var kind: Kind

    public init(name: String, level: Int16, kind: Kind = .upgrade) {
        self.name = name
        self.level = level
        self.kind = kind
    }
}

extension KafkaClient {
    /// The features of the cluster as one broker tells them, by name.
    ///
    /// ```swift
    /// for feature in try await client.describeFeatures() { print(feature.name) }
    /// ```
    public func describeFeatures() async throws(KafkaError) -> [ClusterFeature] {
        let response = try await send(ApiVersionsRequest.ofThisSoftware, to: .any)
        if response.errorCode != .none { throw KafkaError(response.errorCode, "features") }
        var features: [String: ClusterFeature] = [:]
        for key in response.supportedFeatures where key.minVersion <= key.maxVersion {
            features[key.name] = ClusterFeature(
                name: key.name, supported: key.minVersion...key.maxVersion)
        }
        for key in response.finalizedFeatures {
            features[key.name, default: ClusterFeature(name: key.name)].finalizedLevel =
                key.maxVersionLevel
        }
        return features.values.sorted { $0.name < $1.name }
    }

    /// Changes levels of features: all of them or, when one is refused, none.
    ///
    /// - Parameter validateOnly: only checks whether it could be done (UpdateFeatures from
    ///   version 1).
    public func updateFeatures(
        _ updates: [FeatureUpdate], validateOnly: Bool = false
    ) async throws(KafkaError) {
        let timeoutMs = Int32(clamping: configuration.requestTimeoutMs)
        let response = try await sendToController { version in
            var request = UpdateFeaturesRequest()
            request.timeoutMs = timeoutMs
            request.validateOnly = validateOnly
            request.featureUpdates = updates.map { update in
                var key = UpdateFeaturesRequest.FeatureUpdateKey()
                key.feature = update.name
                key.maxVersionLevel = update.level
                if version >= 1 {
                    key.upgradeType = update.kind.rawValue
                } else {
                    key.allowDowngrade = update.kind != .upgrade
                }
                return key
            }
            return request
        } isElsewhere: { (response: UpdateFeaturesResponse) in
            response.errorCode == .notController
        }
        if response.errorCode != .none {
            throw KafkaError(response.errorCode, "update features", detail: response.errorMessage)
        }
        for result in response.results where result.errorCode != .none {
            throw KafkaError(
                result.errorCode, "update feature \(result.feature)", detail: result.errorMessage)
        }
    }
}
