import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// ListTransactions: the transactions that this node coordinates (KIP-664) and the client may
/// describe.
///
/// - Filters: by states, of which those that are not known are told, and by producer ids; from
///   version 1 on by how long they have run (KIP-994), from version 2 on by a regular expression
///   over the transactional ids (KIP-1152).
struct ListTransactionsHandler: ApiHandler {
    typealias Request = ListTransactionsRequest
    typealias Listing = TransactionCoordinator.Listing
    static let servedVersions: ClosedRange<Int16> = 0...2

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
        if let pattern = request.transactionalIdPattern, !pattern.isEmpty {
            do throws(PatternError) {
                filter.pattern = try TopicPattern(pattern)
            } catch {
                response = ListTransactionsResponse()
                response.errorCode = .invalidRegularExpression
                return reply.send(response)
            }
        }
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
                for part in parts {
                    response.transactionStates += try part.get().filter {
                        context.shows(.describe, .transactionalID($0.transactionalId))
                    }
                }
            } catch {
                response.transactionStates = []
                response.errorCode = error.code
            }
            reply.send(response)
        }
        for (index, shard) in shards.enumerated() {
            shard.perform { state, _ in
                let part = Result { () throws(PatternError) in try state.list(filter) }
                    .mapError { _ in ApiError(.invalidRegularExpression) }
                home.runOrHop { parts.complete(index, part) }
            } orElse: { code in
                home.runOrHop { parts.complete(index, .failure(ApiError(code))) }
            }
        }
    }
}
