import ArgumentParser
import Testing

@testable import SkafkaCLI

extension ProducePlan {
    /// The plan of `skafka produce` with these words behind it.
    init(words: [String], nowMs: Int64 = 0) throws {
        let command = try #require(try Skafka.parseAsRoot(["produce"] + words) as? ProduceCommand)
        try self.init(command, nowMs: nowMs)
    }
}
