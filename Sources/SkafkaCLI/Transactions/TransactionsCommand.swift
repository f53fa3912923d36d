internal import ArgumentParser
internal import KafkaClient

/// `skafka txn`
struct TransactionsCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "txn",
        abstract: "List, describe and abort transactions.",
        discussion: Help.examples(
            """
            skafka txn list --state ongoing
            skafka txn describe payments-1
            skafka txn abort payments-1                 its producer is fenced
            skafka txn hanging                          open, but forgotten by their coordinators
            skafka txn abort --topic orders -p 0 --start-offset 1200
            """),
        subcommands: [
            TransactionsListCommand.self, TransactionsDescribeCommand.self,
            TransactionsAbortCommand.self, TransactionsProducersCommand.self,
            TransactionsHangingCommand.self,
        ])
}

extension [String] {
    /// Names between commas in any case, as transactions' states.
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    func transactionStates() throws(CommandFailure) -> Set<TransactionState> {
        var states: Set<TransactionState> = []
        for name in flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            guard
                let state = TransactionState.known.first(where: {
                    $0.rawValue.lowercased() == name.lowercased()
                })
            else {
                let known = TransactionState.known.map(\.rawValue).joined(separator: ", ")
                throw .usage("'\(name)' is no state of a transaction; there are \(known)")
            }
            states.insert(state)
        }
        return states
    }
}
