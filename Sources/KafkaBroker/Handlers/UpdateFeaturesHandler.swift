import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// UpdateFeatures (KIP-584): changes the levels of features; `Features` says what is refused.
///
/// - Below version 2 each feature is changed by itself and has its own result; from there on all
///   are changed or none.
/// - Version 1 and above can only validate.
struct UpdateFeaturesHandler: ApiHandler {
    typealias Request = UpdateFeaturesRequest
    static let servedVersions: ClosedRange<Int16> = 0...2
    private static let firstVersionAllOrNone: Int16 = 2

    let node: BrokerNode

    func handle(
        _ request: UpdateFeaturesRequest, _ context: RequestContext,
        _ reply: Reply<UpdateFeaturesResponse>
    ) {
        let isAllOrNone = context.version >= UpdateFeaturesHandler.firstVersionAllOrNone
        if let refusal = context.refusal(of: .alter, .cluster) {
            return reply.send(
                response(to: request, .failure(refusal), isAllOrNone: isAllOrNone))
        }
        let updates = request.featureUpdates.map { asked in
            Features.Update(
                name: asked.feature, level: asked.maxVersionLevel,
                type: asked.allowDowngrade
                    ? .safeDowngrade : Features.UpgradeType(rawValue: asked.upgradeType))
        }
        let nodeID = node.nodeID
        node.metadata.edit(on: context.eventLoop) {
            image -> (changes: [MetadataChange], answer: [ApiError?]) in
            var features = image.features
            let errors = updates.map { update -> ApiError? in
                do throws(ApiError) {
                    features = try features.updated(update, nodeID: nodeID)
                    return nil
                } catch {
                    return error
                }
            }
            let isRefused =
                request.validateOnly || (isAllOrNone && errors.contains { $0 != nil })
            let isChanged = !isRefused && features != image.features
            return (isChanged ? [.setFeatures(features)] : [], errors)
        }.whenComplete { result in
            reply.send(response(to: request, result, isAllOrNone: isAllOrNone))
        }
    }

    private func response(
        to request: UpdateFeaturesRequest, _ result: Result<[ApiError?], any Error>,
        isAllOrNone: Bool
    ) -> UpdateFeaturesResponse {
        var response = UpdateFeaturesResponse()
        switch result {
        case .failure(let error):
            let error = error as? ApiError
            response.errorCode = error?.code ?? .brokerNotAvailable
            response.errorMessage = error?.message ?? "The broker is shutting down."
        case .success(let errors) where isAllOrNone:
            let error = errors.lazy.compactMap { $0 }.first
            response.errorCode = error?.code ?? .none
            response.errorMessage = error.map {
                "The update failed for all features since the following feature had an error: "
                    + ($0.message ?? "")
            }
        case .success(let errors):
            response.results = zip(request.featureUpdates, errors).map { asked, error in
                var result = UpdateFeaturesResponse.UpdatableFeatureResult()
                result.feature = asked.feature
                result.errorCode = error?.code ?? .none
                result.errorMessage = error?.message
                return result
            }
        }
        return response
    }
}
