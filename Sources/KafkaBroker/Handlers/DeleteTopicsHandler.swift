import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// DeleteTopics: takes topics, their records and the offsets that groups committed for them away,
/// each by itself.
///
/// - Who may not delete a topic is told of it by name only where it may describe it.
/// - Version 6 and above name topics by id as well; naming one by both is an error.
/// - A topic that is named twice stays.
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
        let repeated = repeatedTopics(asked)
        let parts = asked.map { part($0, repeated: repeated, context) }
        let references = parts.compactMap { try? $0.get() }
        let quota = node.mutationQuota(
            of: context, strictFrom: DeleteTopicsHandler.firstStrictVersion)
        node.controller.delete(
            references, quota: quota, on: context.eventLoop
        ).whenComplete { result in
            let outcomes = (try? result.get()) ?? []
            forgetOffsets(of: outcomes)
            var results = outcomes[...]
            var response = DeleteTopicsResponse()
            response.responses = zip(asked, parts).map { asked, part in
                if case .failure(let refusal) = part { return refusal.answer }
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

    private struct Refusal: Error {
        var answer: TopicAnswer
    }

    /// What the controller is asked to delete, or what is answered without it.
    private func part(
        _ asked: DeleteTopicsRequest.DeleteTopicState, repeated: Set<Uuid>,
        _ context: RequestContext
    ) -> Result<TopicController.Reference, Refusal> {
        func refused(_ message: String) -> Result<TopicController.Reference, Refusal> {
            let error = ApiError(.invalidRequest, message)
            return .failure(Refusal(answer: answer(asked, .failure(error))))
        }
        let reference: TopicController.Reference
        switch (asked.name, asked.topicId) {
        case (let name?, .zero): reference = .name(name)
        case (nil, .zero): return refused("Neither topic name nor id were specified.")
        case (nil, let id): reference = .id(id)
        default: return refused("You may not specify both topic name and topic id.")
        }
        if let refusal = refusal(asked, context) { return .failure(refusal) }
        if let id = id(of: asked), repeated.contains(id) {
            return refused(asked.name == nil ? "Duplicate topic id." : "Duplicate topic name.")
        }
        return .success(reference)
    }

    /// Topics that the request names more than once, by whatever.
    private func repeatedTopics(_ asked: [DeleteTopicsRequest.DeleteTopicState]) -> Set<Uuid> {
        var seen: Set<Uuid> = []
        return Set(asked.compactMap(id(of:)).filter { !seen.insert($0).inserted })
    }

    private func id(of asked: DeleteTopicsRequest.DeleteTopicState) -> Uuid? {
        asked.name.map { node.table.snapshot.topic($0)?.id } ?? asked.topicId
    }

    private func refusal(
        _ asked: DeleteTopicsRequest.DeleteTopicState, _ context: RequestContext
    ) -> Refusal? {
        guard !context.shows(.delete, .cluster) else { return nil }
        let table = node.table.snapshot
        let topic = asked.name.map { table.topic($0) } ?? table.topic(asked.topicId)
        // The controller knows what to say of an id that is nobody's.
        guard let name = asked.name ?? topic?.name else { return nil }
        let isShown = context.shows(.describe, .topic(name))
        if isShown, topic == nil { return nil }
        guard let error = context.refusal(of: .delete, .topic(name)) else { return nil }
        var answer = answer(asked, .failure(error))
        if isShown { answer.name = name }
        return Refusal(answer: answer)
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
