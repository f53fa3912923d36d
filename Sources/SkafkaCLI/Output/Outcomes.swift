internal import KafkaBase
internal import KafkaClient

/// What became of each item of a command that changes something, in the order they were given.
struct Outcomes {
    struct Item {
        /// What it is called: the leading columns, and fields of its object in JSON.
        var key: [(title: String, name: StaticString, cell: Cell)]
        /// What was done, as a sentence for people.
        var sentence: String
        /// Why it was not done; nil when it was.
        var error: KafkaError?
        /// Why all is as it was wanted though nothing was done: `exists already`.
        var unchanged: String?
        /// More fields of its object.
        var details: [(name: StaticString, cell: Cell)] = []
    }

    let items: [Item]

    /// Successes go to standard output, failures to standard error; in JSON all are in one array.
    ///
    /// - Parameters:
    ///   - client: asked for names that may have been meant.
    ///   - isDryRun: whether it was only found out what could be done.
    /// - Throws: `CommandFailure` when any failed, `OutputError`.
    func report(
        _ options: GlobalOptions, _ context: CommandContext, _ client: KafkaClient, isDryRun: Bool
    ) async throws {
        let output = context.makeOutput(capacityBytes: 16 << 10)
        switch options.style {
        case .json: appendJSON(to: output, isDryRun: isDryRun)
        case .plain: appendPlain(to: output)
        case .human:
            if !options.quiet {
                for item in items where item.error == nil { output.append("\(item.sentence)\n") }
            }
        }
        try output.flush()
        try await context.complain(of: items.compactMap(\.error), client)
    }

    private func appendPlain(to output: OutputBuffer) {
        guard let first = items.first else { return }
        var table = Table(
            first.key.map { .init($0.title) } + [.init("DONE"), .init("ERROR")])
        for item in items {
            table.add(
                item.key.map(\.cell.text) + [
                    Cell.bool(item.isDone).text, item.error.map(\.name) ?? "",
                ])
        }
        table.appendPlain(to: output)
    }

    private func appendJSON(to output: OutputBuffer, isDryRun: Bool) {
        var json = JSONWriter(output)
        json.beginArray()
        for item in items {
            json.beginObject()
            for part in item.key {
                json.name(part.name)
                part.cell.append(to: &json)
            }
            json.field("done", item.isDone)
            if isDryRun { json.field("dryRun", true) }
            if let unchanged = item.unchanged { json.field("reason", unchanged) }
            for detail in item.details {
                json.name(detail.name)
                detail.cell.append(to: &json)
            }
            if let error = item.error {
                json.field("error", error.name)
                json.field("message", error.message)
            }
            json.endObject()
        }
        json.endArray()
        json.endLine()
    }
}

extension Outcomes.Item {
    fileprivate var isDone: Bool { error == nil && unchanged == nil }
}

extension KafkaError {
    /// Kafka's name of the error, for scripts.
    fileprivate var name: String { "\(errorCode ?? .unknownServerError)" }
}

extension CommandContext {
    /// A line on standard error for each error.
    ///
    /// - Throws: `CommandFailure` with the first one's exit status when there is any.
    func complain(of errors: [KafkaError], _ client: KafkaClient) async throws {
        try complain(of: await NameHints.failures(errors, client))
    }

    func complain(of failures: [CommandFailure]) throws {
        for failure in failures { complain(failure.message) }
        if let first = failures.first { throw CommandFailure.reported(first.status) }
    }
}
