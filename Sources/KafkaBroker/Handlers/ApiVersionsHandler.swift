import KafkaBase
import KafkaWire

/// ApiVersions: what is served. Asked first by every client.
///
/// - Unknown versions are answered by `BrokerService` in version 0.
/// - Version 3 and above name the client's software, which must look like a name (KIP-511).
/// - Version 3 and above tell the feature levels that clients go by. The epoch of the features must
///   not be negative: Java clients would pass over them, and librdkafka before 2.2 fails on it.
struct ApiVersionsHandler: ApiHandler {
    typealias Request = ApiVersionsRequest
    static let servedVersions: ClosedRange<Int16> = 0...4

    private let apiKeys: [ApiVersionsResponse.ApiVersion]

    init(besides table: ApiTable) {
        var own = ApiVersionsResponse.ApiVersion()
        own.apiKey = ApiKey.apiVersions.rawValue
        own.minVersion = ApiVersionsHandler.servedVersions.lowerBound
        own.maxVersion = ApiVersionsHandler.servedVersions.upperBound
        apiKeys = (table.entries.map(ApiVersionsHandler.advertisement) + [own])
            .sorted { $0.apiKey < $1.apiKey }
    }

    static func advertisement(of entry: ApiTable.Entry) -> ApiVersionsResponse.ApiVersion {
        var version = ApiVersionsResponse.ApiVersion()
        version.apiKey = entry.key.rawValue
        version.minVersion = entry.advertisedVersions.lowerBound
        version.maxVersion = entry.advertisedVersions.upperBound
        return version
    }

    func handle(
        _ request: ApiVersionsRequest, _ context: RequestContext,
        _ reply: Reply<ApiVersionsResponse>
    ) {
        var response = ApiVersionsResponse()
        if context.version >= 3,
            !isName(request.clientSoftwareName) || !isName(request.clientSoftwareVersion)
        {
            response.errorCode = .invalidRequest
        } else {
            response.apiKeys = apiKeys
            tellFeatures(in: &response, version: context.version)
        }
        reply.send(response)
    }

    /// Version 3 cannot tell a feature whose levels begin with 0 (KAFKA-17011).
    private func tellFeatures(in response: inout ApiVersionsResponse, version: Int16) {
        let level = TransactionCoordinator.ownVersion
        var supported = ApiVersionsResponse.SupportedFeatureKey()
        supported.name = "transaction.version"
        supported.maxVersion = level
        if version >= 4 { response.supportedFeatures = [supported] }
        var finalized = ApiVersionsResponse.FinalizedFeatureKey()
        finalized.name = supported.name
        finalized.minVersionLevel = level
        finalized.maxVersionLevel = level
        response.finalizedFeatures = [finalized]
        response.finalizedFeaturesEpoch = 0
    }

    /// Letters and digits, and between them dots and dashes.
    private func isName(_ text: String) -> Bool {
        let isLetterOrDigit: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isLetterOrDigit(first) && isLetterOrDigit(last)
            && text.utf8.allSatisfy {
                isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            }
    }
}
