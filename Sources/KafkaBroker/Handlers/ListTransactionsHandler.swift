import KafkaBase
import KafkaWire
import NIOCore

/// ListTransactions: the transactions that this node coordinates (KIP-664).
///
/// - Filters: by states, of which those that are not known are told, and by producer ids; from
///   version 1 on by how long they have run (KIP-994).
struct ListTransactionsHandler: ApiHandler {
    typealias Request = ListTransactionsRequest
    typealias Listing = TransactionCoordinator.Listing
    static let servedVersions: ClosedRange<Int16> = 0...1

    let node: BrokerNode

    func handle(
        _ request: ListTransactionsRequest, _ context: RequestContext,
        _ reply: Reply<ListTransactionsResponse>
    ) {
        var response = ListTransactionsResponse()
        let statuses = request.stateFilters.map { TransactionStatus(name: $0) }
        response.unknownStateFilters = zip(request.stateFilters, statuses)
            .filter { $0.1 == nil }.map(\.0)
        var filter = TransactionCoordinator.Filter()
        if !statuses.isEmpty { filter.statuses = Set(statuses.compactMap { $0 }) }
        filter.producerIDs = Set(request.producerIdFilters)
        filter.minDurationMs = request.durationFilter
        list(filter, response, context, reply)
    }

    private func list(
        _ filter: TransactionCoordinator.Filter, _ response: ListTransactionsResponse,
        _ context: RequestContext, _ reply: Reply<ListTransactionsResponse>
    ) {
        let shards = node.transactions.all
        let home = context.eventLoop
        let parts = FanIn<Result<[Listing], ApiError>>(count: shards.count) { parts in
            var response = response
            do throws(ApiError) {
                for part in parts { response.transactionStates += try part.get() }
            } catch {
                response.transactionStates = []
                response.errorCode = error.code
            }
            reply.send(response)
        }
        for (index, shard) in shards.enumerated() {
            shard.perform { state, _ in
                let listings = state.list(filter)
                home.runOrHop { parts.complete(index, .success(listings)) }
            } orElse: { code in
                home.runOrHop { parts.complete(index, .failure(ApiError(code))) }
            }
        }
    }
}
