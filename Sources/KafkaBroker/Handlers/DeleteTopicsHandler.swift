import KafkaBase
import KafkaWire
import NIOCore

/// DeleteTopics: takes topics, their records and the offsets that groups committed for them away,
/// each by itself.
///
/// - Version 6 and above name topics by id as well; naming one by both is an error.
struct DeleteTopicsHandler: ApiHandler {
    typealias Request = DeleteTopicsRequest
    typealias TopicAnswer = DeleteTopicsResponse.DeletableTopicResult
    static let servedVersions: ClosedRange<Int16> = 1...6
    private static let firstVersionByID: Int16 = 6
    /// Which knows the error of a quota.
    private static let firstStrictVersion: Int16 = 5

    let node: BrokerNode

    func handle(
        _ request: DeleteTopicsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteTopicsResponse>
    ) {
        let asked =
            context.version >= DeleteTopicsHandler.firstVersionByID
            ? request.topics
            : request.topicNames.map { name in
                var topic = DeleteTopicsRequest.DeleteTopicState()
                topic.name = name
                return topic
            }
        let references = asked.map(reference)
        let quota = node.mutationQuota(
            of: context, strictFrom: DeleteTopicsHandler.firstStrictVersion)
        node.controller.delete(
            references.compactMap { $0 }, quota: quota, on: context.eventLoop
        ).whenComplete { result in
            let outcomes = (try? result.get()) ?? []
            forgetOffsets(of: outcomes)
            var results = outcomes[...]
            var response = DeleteTopicsResponse()
            response.responses = zip(asked, references).map { asked, reference in
                guard reference != nil else {
                    return answer(
                        asked,
                        .failure(
                            ApiError(
                                .invalidRequest,
                                "A topic is named by its name or by its id, not by both.")))
                }
                return answer(
                    asked,
                    results.popFirst()
                        ?? .failure(
                            ApiError(.brokerNotAvailable, "The broker is shutting down.")))
            }
            reply.send(response, throttledMs: quota?.throttleMs ?? 0)
        }
    }

    /// A topic that is made again under the name begins without committed offsets.
    private func forgetOffsets(of outcomes: [TopicController.Deleted]) {
        let deleted = Set(outcomes.compactMap { try? $0.get().name })
        guard !deleted.isEmpty else { return }
        node.groups.notifyAll { $0.forgetOffsets(of: deleted) }
    }

    private func reference(
        _ asked: DeleteTopicsRequest.DeleteTopicState
    ) -> TopicController.Reference? {
        switch (asked.name, asked.topicId) {
        case (let name?, .zero): .name(name)
        case (nil, .zero): nil
        case (nil, let id): .id(id)
        case (_?, _): nil
        }
    }

    private func answer(
        _ asked: DeleteTopicsRequest.DeleteTopicState, _ result: TopicController.Deleted
    ) -> TopicAnswer {
        var answer = TopicAnswer()
        answer.name = asked.name
        answer.topicId = asked.topicId
        switch result {
        case .success(let image):
            answer.name = image.name
            answer.topicId = image.id
        case .failure(let error):
            answer.errorCode = error.code
            answer.errorMessage = error.message
        }
        return answer
    }
}
