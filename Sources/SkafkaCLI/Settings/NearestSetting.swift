internal import KafkaBase

/// The client setting that was probably meant.
enum NearestSetting {
    static func of(_ name: String) -> String? {
        NearestName.of(name, among: ClientSettings.byName.keys.sorted())
    }
}
