import KafkaBase
import KafkaWire
import NIOCore

/// DescribeTransactions: where the transactions of some ids stand (KIP-664).
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
            node.transactions.perform(id) { state, _ in
                let description = state.describe(id)
                home.runOrHop { answers.complete(index, description) }
            } orElse: { code in
                var description = TransactionCoordinator.Description()
                description.transactionalId = id
                description.errorCode = id.isEmpty ? .invalidRequest : code
                let answer = description
                home.runOrHop { answers.complete(index, answer) }
            }
        }
    }
}
