import ArgumentParser
import KafkaClient
import TestSupport
import Testing

@testable import SkafkaCLI

/// A client of an embedded broker that holds topic `t` of three partitions.
enum EmbeddedClient {
    static func with(_ body: (KafkaClient) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        let options = try GlobalOptions.parse(["-d", directory.path])
        let context = CommandContext(environment: [:])
        let session = try await Session.open(options, .load(options), in: context)
        do {
            let created = try await session.client.createTopics([
                NewTopic(name: "t", partitionCount: 3)
            ])
            try #require(created.map(\.error) == [nil])
            try await body(session.client)
        } catch {
            await context.closing.run()
            throw error
        }
        await context.closing.run()
    }
}
