import KafkaBase

/// A feature of the cluster whose level decides what clients may do (KIP-584). What is new in the
/// protocol is raised here, once it works.
enum Feature: String, CaseIterable {
    case groupVersion = "group.version"
    case metadataVersion = "metadata.version"
    case transactionVersion = "transaction.version"

    /// Levels that this broker can serve; a feature that has none but 0 is not told of.
    var supported: ClosedRange<Int16> {
        switch self {
        // 1 has the consumer group protocol (KIP-848).
        case .groupVersion: 0...1
        // From 4.0-IV1 to 4.0-IV3. Nothing here depends on it: clients read Kafka's version in it.
        case .metadataVersion: 23...25
        // 1 has flexible records, 2 raises the epoch with each transaction (KIP-890).
        case .transactionVersion: 0...2
        }
    }

    /// Level of a cluster where nobody has said otherwise.
    var initial: Int16 { supported.upperBound }
}

/// The levels of the features that are in force ("finalized"). A value of the cluster's image.
struct Features: Sendable, Equatable {
    /// To be raised whenever an initial level is: clients take levels of a higher epoch only.
    private static let revision: Int64 = 3

    /// How a level may change (Kafka's `FeatureUpdate.UpgradeType`).
    enum UpgradeType: Int8, Sendable {
        case upgrade = 1
        case safeDowngrade = 2
        case unsafeDowngrade = 3
    }

    /// A change that was asked for.
    struct Update: Sendable {
        var name: String
        var level: Int16
        /// Nil for one that is not known.
        var type: UpgradeType?
    }

    /// Levels that were set, by name.
    private(set) var changed: [String: Int16] = [:]
    /// Number of times that levels were set.
    private(set) var changeCount: Int64 = 0

    init() {}

    /// - Parameter changed: levels of features that are not known (any more) are kept.
    init(changed: [String: Int16], changeCount: Int64) {
        self.changed = changed
        self.changeCount = changeCount
    }

    /// Rises with every change of a level.
    var epoch: Int64 { changeCount + Features.revision }

    /// The level in force.
    func level(of feature: Feature) -> Int16 {
        let level = changed[feature.rawValue] ?? feature.initial
        return min(max(level, feature.supported.lowerBound), feature.supported.upperBound)
    }

    /// Features that are in force, by name. Level 0 stands for none.
    var finalized: [(feature: Feature, level: Int16)] {
        Feature.allCases.map { ($0, level(of: $0)) }.filter { $0.1 > 0 }
    }

    /// The features with one level changed (Kafka's `FeatureControlManager.updateFeature`).
    ///
    /// - Throws: `ApiError` INVALID_UPDATE_VERSION.
    func updated(_ update: Update, nodeID: Int32) throws(ApiError) -> Features {
        let refusal = { (reason: String) in
            ApiError(
                .invalidUpdateVersion,
                "Invalid update version \(update.level) for feature \(update.name). \(reason)")
        }
        guard let type = update.type else {
            throw refusal("The controller does not support the given upgrade type.")
        }
        guard update.level >= 0 else {
            throw refusal("A feature version cannot be less than 0.")
        }
        guard let feature = Feature(rawValue: update.name), feature.supported.upperBound > 0 else {
            throw refusal("Local controller \(nodeID) does not support this feature.")
        }
        let range = feature.supported
        guard range.contains(update.level) else {
            throw refusal(
                "Local controller \(nodeID) only supports versions "
                    + "\(range.lowerBound)-\(range.upperBound)")
        }
        let current = level(of: feature)
        guard update.level >= current || type != .upgrade else {
            throw refusal(
                "Can't downgrade the version of this feature without setting the upgrade type to "
                    + "either safe or unsafe downgrade.")
        }
        guard update.level <= current || type == .upgrade else {
            throw refusal("Can't downgrade to a newer version.")
        }
        var features = self
        if update.level != current {
            features.changed[update.name] = update.level
            features.changeCount += 1
        }
        return features
    }
}
