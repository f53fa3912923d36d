/// The number of an API on the wire. Keys without messages here are kept as they come.
public struct ApiKey: RawRepresentable, Hashable, Sendable {
    public var rawValue: Int16

    public init(rawValue: Int16) {
        self.rawValue = rawValue
    }

    /// Version of the header in front of a request: 1 has the client id, 2 also tagged fields.
    public func requestHeaderVersion(for apiVersion: Int16) -> Int16 {
        isFlexible(apiVersion) ? 2 : 1
    }

    /// Version of the header in front of a response: 1 has tagged fields.
    ///
    /// ApiVersions is always answered with version 0, since the client may not know yet what the
    /// broker speaks (KIP-511).
    public func responseHeaderVersion(for apiVersion: Int16) -> Int16 {
        self != .apiVersions && isFlexible(apiVersion) ? 1 : 0
    }

    private func isFlexible(_ apiVersion: Int16) -> Bool {
        guard let first = firstFlexibleVersion else { return false }
        return apiVersion >= first
    }
}

extension ApiKey: CustomStringConvertible {
    /// Kafka's name, or `ApiKey(n)` for a key without messages here.
    public var description: String {
        ApiKey.names[rawValue] ?? "ApiKey(\(rawValue))"
    }
}
