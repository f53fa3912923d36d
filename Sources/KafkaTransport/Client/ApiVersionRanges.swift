public import KafkaWire

/// Which versions of which APIs a broker said that it serves.
public struct ApiVersionRanges: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        var key: Int16
        var lowest: Int16
        var highest: Int16
    }

    /// Some sixty: not worth a dictionary.
    private let entries: [Entry]

    /// Entries whose lowest version is above their highest are left out, as if not served.
    public init(_ response: ApiVersionsResponse) {
        var entries: [Entry] = []
        entries.reserveCapacity(response.apiKeys.count)
        for api in response.apiKeys where api.minVersion <= api.maxVersion {
            entries.append(Entry(key: api.apiKey, lowest: api.minVersion, highest: api.maxVersion))
        }
        self.entries = entries
    }

    /// The broker's range, nil when it does not serve the API.
    public subscript(_ key: ApiKey) -> ClosedRange<Int16>? {
        entries.first { $0.key == key.rawValue }.map { $0.lowest...$0.highest }
    }

    /// The highest version that both sides know.
    ///
    /// - Parameter limit: a version not to exceed.
    /// - Returns: nil when there is none.
    public func highestCommonVersion<Message: ApiMessage>(
        of message: Message.Type, limit: Int16 = .max
    ) -> Int16? {
        guard let range = self[Message.apiKey] else { return nil }
        let known = Message.validVersions
        let version = min(range.upperBound, known.upperBound, limit)
        return version >= max(range.lowerBound, known.lowerBound) ? version : nil
    }
}
