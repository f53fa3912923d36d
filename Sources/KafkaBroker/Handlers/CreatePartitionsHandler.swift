import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// CreatePartitions: adds partitions to topics, each by itself; `TopicRules` says what is refused.
///
/// - A topic that is named twice is refused.
struct CreatePartitionsHandler: ApiHandler {
    typealias Request = CreatePartitionsRequest
    typealias TopicAnswer = CreatePartitionsResponse.CreatePartitionsTopicResult
    static let servedVersions: ClosedRange<Int16> = 0...3
    /// Which knows the error of a quota.
    private static let firstStrictVersion: Int16 = 3

    let node: BrokerNode

    func handle(
        _ request: CreatePartitionsRequest, _ context: RequestContext,
        _ reply: Reply<CreatePartitionsResponse>
    ) {
        let counts = Dictionary(request.topics.map { ($0.name, 1) }, uniquingKeysWith: +)
        var refused: [TopicAnswer] = []
        let allowed = request.topics.filter { topic in
            guard counts[topic.name] == 1 else { return false }
            guard let refusal = context.refusal(of: .alter, .topic(topic.name)) else { return true }
            refused.append(answer(topic.name, refusal))
            return false
        }
        let increases = allowed.map { topic in
            TopicController.Increase(
                name: topic.name, count: topic.count,
                assignments: topic.assignments?.map(\.brokerIds))
        }
        let repeated = counts.filter { $0.value > 1 }.keys.sorted()
        let quota = node.mutationQuota(
            of: context, strictFrom: CreatePartitionsHandler.firstStrictVersion)
        node.controller.addPartitions(
            increases, validateOnly: request.validateOnly, quota: quota, on: context.eventLoop
        ).whenComplete { [refused] result in
            var response = CreatePartitionsResponse()
            response.results = refused
            response.results += repeated.map {
                answer($0, ApiError(.invalidRequest, "Duplicate topic name."))
            }
            var results = ((try? result.get()) ?? [])[...]
            for increase in increases {
                let error =
                    results.popFirst()
                    ?? ApiError(.brokerNotAvailable, "The broker is shutting down.")
                response.results.append(answer(increase.name, error))
            }
            reply.send(response, throttledMs: quota?.throttleMs ?? 0)
        }
    }

    private func answer(_ name: String, _ error: ApiError?) -> TopicAnswer {
        var answer = TopicAnswer()
        answer.name = name
        answer.errorCode = error?.code ?? .none
        answer.errorMessage = error?.message
        return answer
    }
}
