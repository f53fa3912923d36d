import KafkaBase
import NIOCore

/// A request that asks each of some partitions by itself: takes each question to its partition's
/// event loop, and brings the answers together in the order of the questions.
///
/// A value of the request's event loop, spent by `run`.
struct PartitionFanOut<Question: Sendable, Answer: Sendable> {
    private struct Part: Sendable {
        var index: Int
        var partition: Partition
        var question: Question
    }

    /// The answer to a question that is refused.
    private let refusal: @Sendable (Question, ErrorCode) -> Answer
    private var parts: [Part] = []
    private var refused: [(index: Int, answer: Answer)] = []

    init(refusal: @escaping @Sendable (Question, ErrorCode) -> Answer) {
        self.refusal = refusal
    }

    private var count: Int { parts.count + refused.count }

    /// - Parameter partition: nil when there is none of that name.
    mutating func ask(_ partition: Partition?, _ question: Question) {
        guard let partition else { return refuse(question, .unknownTopicOrPartition) }
        parts.append(Part(index: count, partition: partition, question: question))
    }

    mutating func refuse(_ question: Question, _ error: ErrorCode) {
        refused.append((count, refusal(question, error)))
    }

    /// - Parameters:
    ///   - home: the request's event loop.
    ///   - visit: finds an answer, on the partition's event loop; its last argument takes it, on
    ///     any thread.
    ///   - then: called once on `home`.
    func run(
        on home: any EventLoop,
        visit:
            @escaping @Sendable (Partition, Question, @escaping @Sendable (Answer) -> Void) ->
            Void,
        then: @escaping ([Answer]) -> Void
    ) {
        let answers = FanIn<Answer>(count: count, then: then)
        for (index, answer) in refused { answers.complete(index, answer) }
        for (eventLoop, parts) in parts.grouped(by: { $0.partition.eventLoop }) {
            eventLoop.runOrHop { [refusal] in
                for part in parts {
                    let complete: @Sendable (Answer) -> Void = { answer in
                        home.runOrHop { answers.complete(part.index, answer) }
                    }
                    if part.partition.isRetired {
                        complete(refusal(part.question, .unknownTopicOrPartition))
                    } else {
                        visit(part.partition, part.question, complete)
                    }
                }
            }
        }
    }
}

extension ArraySlice {
    /// Takes elements off the front: the answers that belong to the next topic.
    mutating func takeFirst(_ count: Int) -> [Element] {
        defer { removeFirst(count) }
        return Array(prefix(count))
    }
}
