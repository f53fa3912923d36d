import KafkaBase
import KafkaLog
import KafkaSecurity
import KafkaWire
import Logging
import NIOCore
import NIOPosix

/// ListOffsets: the first and the last offset of partitions, and offsets by time.
///
/// - The special timestamps: latest -1 and earliest -2 always; the record with the largest time -3
///   from version 7 on (KIP-734), earliest local -4 from 8 on, and offsets of tiered storage -5 and
///   -6, of which there is none, from 9 and 11 on. One that the version does not have is refused.
/// - A time that no record reaches is answered with offset -1 and no error.
/// - Version 2 and above have isolation levels, 4 and above leader epochs.
/// - Searches by time read the disk: they run on threads of their own.
struct ListOffsetsHandler: ApiHandler {
    typealias Request = ListOffsetsRequest
    typealias PartitionRequest = ListOffsetsRequest.ListOffsetsPartition
    typealias Answer = ListOffsetsResponse.ListOffsetsPartitionResponse
    static let servedVersions: ClosedRange<Int16> = 1...11
    private static let firstVersionWithEpochs: Int16 = 4

    private enum SpecialTime {
        static let latest: Int64 = -1
        static let earliest: Int64 = -2
        static let maxTimestamp: Int64 = -3
        static let earliestLocal: Int64 = -4
        static let latestTiered: Int64 = -5
        static let earliestPendingUpload: Int64 = -6

        /// Version of the request from which a special timestamp is known; nil for none at all.
        static func firstVersion(of timestamp: Int64) -> Int16? {
            switch timestamp {
            case latest, earliest, 0...: 1
            case maxTimestamp: 7
            case earliestLocal: 8
            case latestTiered: 9
            case earliestPendingUpload: 11
            default: nil
            }
        }
    }

    let node: BrokerNode

    func handle(
        _ request: ListOffsetsRequest, _ context: RequestContext,
        _ reply: Reply<ListOffsetsResponse>
    ) {
        let table = node.table.snapshot
        let repeated = repeatedPartitions(request)
        var partitions = PartitionFanOut<PartitionRequest, Answer> { Answer($0, $1) }
        for topic in request.topics {
            let isAllowed = context.allows(.describe, .topic(topic.name))
            for asked in topic.partitions {
                let name = TopicPartition(topic: topic.name, partition: asked.partitionIndex)
                if !isAllowed {
                    partitions.refuse(asked, .topicAuthorizationFailed)
                } else if repeated.contains(name) {
                    partitions.refuse(asked, .invalidRequest)
                } else {
                    partitions.ask(table.partition(topic.name, asked.partitionIndex), asked)
                }
            }
        }
        let isReadCommitted = request.isolationLevel == 1
        partitions.run(on: context.eventLoop) { partition, asked, then in
            find(
                asked, in: partition, isReadCommitted: isReadCommitted, version: context.version,
                then: then)
        } then: { answers in
            reply.send(response(to: request, answers, version: context.version))
        }
    }

    /// Partitions that are asked about more than once, which the protocol forbids.
    private func repeatedPartitions(_ request: ListOffsetsRequest) -> Set<TopicPartition> {
        var seen: Set<TopicPartition> = []
        var repeated: Set<TopicPartition> = []
        for topic in request.topics {
            for asked in topic.partitions {
                let name = TopicPartition(topic: topic.name, partition: asked.partitionIndex)
                if !seen.insert(name).inserted { repeated.insert(name) }
            }
        }
        return repeated
    }

    /// On the partition's event loop.
    ///
    /// - Parameter then: called on any thread.
    private func find(
        _ asked: PartitionRequest, in partition: Partition, isReadCommitted: Bool, version: Int16,
        then: @escaping @Sendable (Answer) -> Void
    ) {
        guard !partition.isRetired else { return then(Answer(asked, .unknownTopicOrPartition)) }
        let timestamp = asked.timestamp
        guard let firstVersion = SpecialTime.firstVersion(of: timestamp), version >= firstVersion
        else { return then(Answer(asked, .unsupportedVersion)) }
        let epochError = partition.epochError(asked.currentLeaderEpoch)
        guard epochError == .none else { return then(Answer(asked, epochError)) }

        var answer = Answer(asked, .none)
        switch timestamp {
        case SpecialTime.latest:
            answer.offset = partition.readableEnd(isReadCommitted)
            answer.leaderEpoch = partition.leaderEpoch
        case SpecialTime.earliest, SpecialTime.earliestLocal:
            answer.offset = partition.log.logStartOffset
            answer.leaderEpoch = partition.firstLeaderEpoch
        case SpecialTime.latestTiered, SpecialTime.earliestPendingUpload:
            break
        default:
            let end = partition.readableEnd(isReadCommitted)
            return search(asked, partition, below: end) { found in
                if let found { return then(found) }
                // The log was compacted in between: once more, in what it is now.
                partition.eventLoop.execute {
                    find(
                        asked, in: partition, isReadCommitted: isReadCommitted, version: version,
                        then: then)
                }
            }
        }
        then(answer)
    }

    /// - Parameter then: called with nil when the search knows the log no more.
    private func search(
        _ asked: PartitionRequest, _ partition: Partition, below endOffset: Int64,
        then: @escaping @Sendable (Answer?) -> Void
    ) {
        let search = partition.log.timestampSearch()
        let timestamp = asked.timestamp
        node.readPool.submit { state in
            guard case .active = state else {
                return then(Answer(asked, .brokerNotAvailable))
            }
            do throws(LogError) {
                let found =
                    timestamp == SpecialTime.maxTimestamp
                    ? try search.maxTimestamp() : try search.first(atOrAfter: timestamp)
                guard !search.isStale else { return then(nil) }
                var answer = Answer(asked, .none)
                if let found, found.offset < endOffset {
                    answer.offset = found.offset
                    answer.timestamp = found.timestamp
                    answer.leaderEpoch = found.leaderEpoch
                }
                then(answer)
            } catch {
                guard !search.isStale else { return then(nil) }
                node.logger.error("search by time in \(partition.name): \(error)")
                then(Answer(asked, error.errorCode))
            }
        }
    }

    private func response(
        to request: ListOffsetsRequest, _ answers: [Answer], version: Int16
    ) -> ListOffsetsResponse {
        var answers = answers
        if version < ListOffsetsHandler.firstVersionWithEpochs {
            for index in answers.indices { answers[index].leaderEpoch = -1 }
        }
        var rest = answers[...]
        var response = ListOffsetsResponse()
        response.topics = request.topics.map { asked in
            var topic = ListOffsetsResponse.ListOffsetsTopicResponse()
            topic.name = asked.name
            topic.partitions = rest.takeFirst(asked.partitions.count)
            return topic
        }
        return response
    }
}

extension ListOffsetsResponse.ListOffsetsPartitionResponse {
    /// Without an offset yet.
    fileprivate init(
        _ asked: ListOffsetsRequest.ListOffsetsPartition, _ error: ErrorCode
    ) {
        self.init()
        partitionIndex = asked.partitionIndex
        errorCode = error
    }
}
