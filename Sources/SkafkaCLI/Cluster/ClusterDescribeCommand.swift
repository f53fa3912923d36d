internal import ArgumentParser
internal import KafkaClient

/// `skafka cluster describe`
struct ClusterDescribeCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", _superCommandName: "skafka cluster",
        abstract: "Brokers, controller, log directories, features and metadata quorum.",
        usage: "skafka cluster describe [options]",
        discussion: Help.examples(
            """
            skafka cluster describe
            skafka cluster describe --plain             a row for each broker
            skafka cluster describe --json | jq -r .clusterId
            """, "What a cluster is too old to tell is left out, null in JSON."))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let session = try await Session.open(global, .load(global), in: context)
        let report = try await ClusterReport.load(session.client)
        let output = context.makeOutput()
        report.append(to: output, global.style, width: context.outputWidth)
        try output.flush()
        try await context.complain(of: report.errors, session.client)
    }
}
