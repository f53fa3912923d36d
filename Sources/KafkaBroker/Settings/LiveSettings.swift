import NIOConcurrencyHelpers

/// The broker's settings as they are at the moment.
///
/// Any thread reads them, under one short lock; the storage thread changes them, and the start.
final class LiveSettings: Sendable {
    typealias Observer = @Sendable (BrokerSettings) -> Void

    private let box: NIOLockedValueBox<BrokerSettings>
    private let observer = NIOLockedValueBox<Observer?>(nil)

    init(_ settings: BrokerSettings) {
        box = NIOLockedValueBox(settings)
    }

    var current: BrokerSettings { box.withLockedValue { $0 } }

    /// Takes down what only the start finds out, such as where the broker listens.
    func note(_ name: String, _ value: String) {
        box.withLockedValue { settings in
            // What cannot be shown serves all the same.
            settings = (try? settings.setting(name, to: value)) ?? settings
        }
    }

    /// Names who is told of each change at run time, on the thread that makes it.
    func observe(_ observer: @escaping Observer) {
        self.observer.withLockedValue { $0 = observer }
    }

    /// Takes over what the metadata says of settings that were changed at run time.
    func update(from image: ClusterImage) {
        let changed = box.withLockedValue { settings in
            settings = settings.changed(
                dynamic: image.brokerConfigs[String(settings.nodeID)] ?? [:],
                dynamicDefaults: image.brokerConfigs[ClusterImage.allBrokers] ?? [:])
            return settings
        }
        observer.withLockedValue { $0 }?(changed)
    }
}
