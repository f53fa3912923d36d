public import KafkaWire

/// Which versions of which APIs a broker said that it serves.
public struct ApiVersionRanges: Sendable, Equatable {
    private var ranges: [ApiKey: ClosedRange<Int16>] = [:]

    public init(_ ranges: [ApiKey: ClosedRange<Int16>]) {
        self.ranges = ranges
    }

    /// Entries whose lowest version is above their highest are left out, as if not served.
    public init(_ response: ApiVersionsResponse) {
        for entry in response.apiKeys where entry.minVersion <= entry.maxVersion {
            ranges[ApiKey(rawValue: entry.apiKey)] = entry.minVersion...entry.maxVersion
        }
    }

    /// The broker's range, nil when it does not serve the API.
    public subscript(_ key: ApiKey) -> ClosedRange<Int16>? { ranges[key] }

    /// The highest version that both sides know.
    ///
    /// - Parameter limit: a version not to exceed.
    /// - Returns: nil when there is none.
    public func highestCommonVersion<Message: ApiMessage>(
        of message: Message.Type, limit: Int16 = .max
    ) -> Int16? {
        guard let range = ranges[Message.apiKey] else { return nil }
        let known = Message.validVersions
        let version = min(range.upperBound, known.upperBound, limit)
        return version >= max(range.lowerBound, known.lowerBound) ? version : nil
    }
}
