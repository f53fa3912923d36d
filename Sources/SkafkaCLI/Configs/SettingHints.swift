internal import KafkaBase
internal import KafkaClient

/// Tells, of a refused change, which setting was probably meant.
enum SettingHints {
    /// - Parameters:
    ///   - names: of the settings that were to be changed.
    ///   - sample: a resource of the same kind, which knows what settings there are.
    /// - Returns: the error, with the name behind it where there is one.
    static func explained(
        _ error: KafkaError, _ names: [String], _ sample: ConfigResource, _ client: KafkaClient
    ) async -> KafkaError {
        guard error.errorCode == .invalidConfig || error.errorCode == .invalidRequest,
            !error.message.contains("did you mean"),
            let known = try? await client.describeConfigs([sample])[sample]?.get().map(\.name)
        else { return error }
        var error = error
        for name in names where !known.contains(name) {
            if let near = NearestName.of(name, among: known) {
                error.message += "; did you mean \(near)?"
                break
            }
        }
        return error
    }
}
