internal import KafkaBase
internal import KafkaClient

/// Reports what became of each topic of an administrative call.
struct TopicOutcomes {
    private let results: [TopicResult]
    /// An error that leaves things as they were wanted.
    private let tolerated: ErrorCode?
    private let verb: String
    private let unchanged: String

    init(
        _ results: [TopicResult], tolerated: ErrorCode?, verb: String, unchanged: String
    ) {
        self.results = results
        self.tolerated = tolerated
        self.verb = verb
        self.unchanged = unchanged
    }

    /// Successes go to standard output, failures to standard error; in JSON all are in one array.
    ///
    /// - Throws: `CommandFailure` when any failed, `OutputError`.
    func report(_ options: GlobalOptions, _ context: CommandContext) throws {
        let output = context.makeOutput(capacityBytes: 16 << 10)
        switch options.style {
        case .json: appendJSON(to: output)
        case .plain: appendPlain(to: output)
        case .human: if !options.quiet { appendHuman(to: output) }
        }
        try output.flush()
        let failures = results.compactMap { failure(of: $0) }.map { CommandFailure($0) }
        for failure in failures { context.complain(failure.message) }
        if let first = failures.first { throw CommandFailure.reported(first.status) }
    }

    private func failure(of result: TopicResult) -> KafkaError? {
        guard let error = result.error, error.errorCode != tolerated || tolerated == nil else {
            return nil
        }
        return error
    }

    private func appendHuman(to output: OutputBuffer) {
        for result in results where failure(of: result) == nil {
            guard result.error == nil else {
                output.append("topic \(result.name) \(unchanged)\n")
                continue
            }
            let partitions =
                result.partitionCount > 0
                ? " with \(Counted.text(Int(result.partitionCount), "partition"))" : ""
            output.append("\(verb) topic \(result.name)\(partitions)\n")
        }
    }

    private func appendPlain(to output: OutputBuffer) {
        var table = Table([.init("TOPIC"), .init("DONE"), .init("ERROR")])
        for result in results {
            let failure = failure(of: result)
            table.add([
                result.name, result.error == nil ? "true" : "false",
                failure.map { "\($0.errorCode ?? .unknownServerError)" } ?? "",
            ])
        }
        table.appendPlain(to: output)
    }

    private func appendJSON(to output: OutputBuffer) {
        var json = JSONWriter(output)
        json.beginArray()
        for result in results {
            json.beginObject()
            json.field("topic", result.name)
            json.field("done", result.error == nil)
            if result.partitionCount > 0 { json.field("partitions", result.partitionCount) }
            if result.replicationFactor > 0 {
                json.field("replicationFactor", result.replicationFactor)
            }
            if let error = failure(of: result) {
                json.field("error", "\(error.errorCode ?? .unknownServerError)")
                json.field("message", error.message)
            }
            json.endObject()
        }
        json.endArray()
        json.endLine()
    }
}
