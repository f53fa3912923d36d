internal import ArgumentParser

/// `skafka dump-segment`
struct DumpSegmentCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump-segment",
        abstract: "Decode a log directory's files, without a broker.")

    @OptionGroup var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        throw CommandFailure.failed("dump-segment is not there yet")
    }
}
