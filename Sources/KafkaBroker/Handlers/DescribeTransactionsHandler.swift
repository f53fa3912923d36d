import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// DescribeTransactions: where the transactions of some ids stand (KIP-664), as far as the client
/// may describe their topics.
struct DescribeTransactionsHandler: ApiHandler {
    typealias Request = DescribeTransactionsRequest
    static let servedVersions: ClosedRange<Int16> = 0...0

    let node: BrokerNode

    func handle(
        _ request: DescribeTransactionsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeTransactionsResponse>
    ) {
        let home = context.eventLoop
        let ids = request.transactionalIds
        let answers = FanIn<TransactionCoordinator.Description>(count: ids.count) { answers in
            var response = DescribeTransactionsResponse()
            response.transactionStates = answers
            reply.send(response)
        }
        for (index, id) in ids.enumerated() {
            if let error = context.refusal(of: .describe, .transactionalID(id)) {
                answers.complete(index, refusal(id, error.code))
                continue
            }
            node.transactions.perform(id) { state, _ in
                var found = state.describe(id)
                found.topics.removeAll { !context.shows(.describe, .topic($0.topic)) }
                let description = found
                home.runOrHop { answers.complete(index, description) }
            } orElse: { code in
                let answer = refusal(id, id.isEmpty ? .invalidRequest : code)
                home.runOrHop { answers.complete(index, answer) }
            }
        }
    }

    private func refusal(_ id: String, _ error: ErrorCode) -> TransactionCoordinator.Description {
        var description = TransactionCoordinator.Description()
        description.transactionalId = id
        description.errorCode = error
        return description
    }
}
