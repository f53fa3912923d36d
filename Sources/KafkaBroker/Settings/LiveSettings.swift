import NIOConcurrencyHelpers

/// The broker's settings as they are at the moment.
///
/// Any thread reads them, under one short lock; the storage thread alone changes them.
final class LiveSettings: Sendable {
    private let box: NIOLockedValueBox<BrokerSettings>

    init(_ settings: BrokerSettings) {
        box = NIOLockedValueBox(settings)
    }

    var current: BrokerSettings { box.withLockedValue { $0 } }

    /// Takes over what the metadata says of settings that were changed at run time.
    func update(from image: ClusterImage) {
        box.withLockedValue { settings in
            settings = settings.changed(
                dynamic: image.brokerConfigs[String(settings.nodeID)] ?? [:],
                dynamicDefaults: image.brokerConfigs[ClusterImage.allBrokers] ?? [:])
        }
    }
}
