internal import ArgumentParser
internal import KafkaClient

/// `skafka quotas describe`
struct QuotasDescribeCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", _superCommandName: "skafka quotas",
        abstract: "The quotas that are set.",
        usage: "skafka quotas describe [--user U] [--client-id C] [--ip A] [options]",
        discussion: Help.examples(
            """
            skafka quotas describe
            skafka quotas describe --client-id importer
            skafka quotas describe --user default
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var entity: QuotaEntityArguments

    private struct Row {
        var entity: QuotaEntity
        var key: String
        var value: Double
    }

    func execute(in context: CommandContext) async throws {
        let filter = try entity.parts().mapValues { QuotaEntity.Name?.some($0) }
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await session.client.describeClientQuotas(matching: filter)
        let rows = found.sorted { $0.key.text < $1.key.text }.flatMap { entity, values in
            values.sorted { $0.key < $1.key }.map {
                Row(entity: entity, key: $0.key, value: $0.value)
            }
        }
        try context.show(rows, QuotasDescribeCommand.layout, global.style)
    }

    private static var layout: RowLayout<Row> {
        let part = { (row: Row, kind: QuotaEntity.Kind) in
            Cell.optional(row.entity.parts[kind]?.text)
        }
        return RowLayout(columns: [
            .text("USER", "user") { part($0, .user) },
            .text("CLIENT-ID", "clientId") { part($0, .clientID) },
            .text("IP", "ip") { part($0, .ip) },
            .text("QUOTA", "quota") { .text($0.key) },
            .number("VALUE", "value") { .number($0.value) },
        ])
    }
}
