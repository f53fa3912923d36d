internal import KafkaBase
internal import KafkaClient
internal import NIOConcurrencyHelpers

/// The topic of a benchmark: one that is there, or one that is made, and deleted when the command
/// ends, however it ends.
final class BenchTopic: Sendable {
    let name: String
    private let client: KafkaClient
    private let context: CommandContext
    private let isToDelete: NIOLockedValueBox<Bool>

    private init(
        _ name: String, _ client: KafkaClient, _ context: CommandContext, isToDelete: Bool
    ) {
        self.name = name
        self.client = client
        self.context = context
        self.isToDelete = NIOLockedValueBox(isToDelete)
    }

    /// - Throws: `CommandFailure`, `KafkaError`.
    static func prepare(
        _ options: BenchTopicOptions, _ client: KafkaClient, _ context: CommandContext
    ) async throws -> BenchTopic {
        let name = options.name
        switch try await client.describeTopics([name]).first {
        case .success?: return BenchTopic(name, client, context, isToDelete: false)
        case .failure(let error)? where error.kind != .unknownTopic(name): throw error
        default: break
        }
        let made = try await client.createTopics([
            NewTopic(name: name, partitionCount: options.partitions)
        ])
        if let error = made.first?.error { throw error }
        let topic = BenchTopic(name, client, context, isToDelete: !options.keep)
        context.closing.add { await topic.delete() }
        return topic
    }

    /// Leaves the topic where it is: there is no broker to delete it.
    func abandon() {
        let wasToDelete = isToDelete.withLockedValue { isToDelete in
            defer { isToDelete = false }
            return isToDelete
        }
        if wasToDelete { context.complain("topic \(name) is left; skafka topics delete \(name)") }
    }

    private func delete() async {
        guard isToDelete.withLockedValue({ $0 }) else { return }
        do {
            if let error = try await client.deleteTopics([name]).first?.error { throw error }
        } catch {
            context.complain("topic \(name) is left: \(CommandFailure(error).message)")
        }
    }
}
