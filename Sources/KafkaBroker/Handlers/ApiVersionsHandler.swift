import KafkaBase
import KafkaWire

/// ApiVersions: what is served. Asked first by every client.
///
/// - Unknown versions are answered by `BrokerService` in version 0.
/// - Version 3 and above name the client's software, which must look like a name (KIP-511).
/// - Version 3 and above tell the levels of features (KIP-584). A range that begins at 0 is told
///   from version 4 on: older clients take it for an error.
struct ApiVersionsHandler: ApiHandler {
    typealias Request = ApiVersionsRequest
    static let servedVersions: ClosedRange<Int16> = 0...4

    private static let firstVersionWithLevelZero: Int16 = 4

    private let apiKeys: [ApiVersionsResponse.ApiVersion]
    private let features: @Sendable () -> Features

    /// - Parameter features: those that are in force at the moment.
    init(besides table: ApiTable, features: @escaping @Sendable () -> Features) {
        self.features = features
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
        if !ApiVersionsHandler.isValid(request, version: context.version) {
            response.errorCode = .invalidRequest
        } else {
            response.apiKeys = apiKeys
            tellFeatures(in: &response, version: context.version)
        }
        reply.send(response)
    }

    private func tellFeatures(in response: inout ApiVersionsResponse, version: Int16) {
        let first: Int16 = version >= ApiVersionsHandler.firstVersionWithLevelZero ? 0 : 1
        for feature in Feature.allCases
        where feature.supported.upperBound > 0 && feature.supported.lowerBound >= first {
            var supported = ApiVersionsResponse.SupportedFeatureKey()
            supported.name = feature.rawValue
            supported.minVersion = feature.supported.lowerBound
            supported.maxVersion = feature.supported.upperBound
            response.supportedFeatures.append(supported)
        }
        let features = features()
        response.finalizedFeaturesEpoch = features.epoch
        response.finalizedFeatures = features.finalized.map { feature, level in
            var finalized = ApiVersionsResponse.FinalizedFeatureKey()
            finalized.name = feature.rawValue
            finalized.minVersionLevel = level
            finalized.maxVersionLevel = level
            return finalized
        }
    }

    static func isValid(_ request: ApiVersionsRequest, version: Int16) -> Bool {
        version < 3 || (isName(request.clientSoftwareName) && isName(request.clientSoftwareVersion))
    }

    /// Letters and digits, and between them dots and dashes.
    private static func isName(_ text: String) -> Bool {
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
