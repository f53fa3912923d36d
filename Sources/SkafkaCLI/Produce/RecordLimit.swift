internal import KafkaClient
internal import KafkaRecords

/// How large a record may be, so that one that is too large is refused while it is read: it is
/// neither held as a whole nor sent.
///
/// A value that is asked for once, when a record is larger than `certainBytes`.
struct RecordLimit: Equatable, Sendable {
    /// Records up to this size are read and sent without knowing the limit.
    static let certainBytes = 64 << 10
    /// What may stand around a record in its line.
    private static let slackBytes = 64 << 10

    /// Of a batch with the record alone.
    let batchBytes: Int
    /// Who sets the limit, for messages.
    let owner: String

    /// The limit of the client, which holds where no smaller one is known.
    init(maxRequestBytes: Int) {
        batchBytes = maxRequestBytes
        owner = "max.request.size"
    }

    init(topic: String, maxMessageBytes: Int) {
        batchBytes = maxMessageBytes
        owner = "max.message.bytes of topic \(topic)"
    }

    /// Asks for the topic's limit. It is one for batches as they are sent, so with compression
    /// nothing is known of a record before it was compressed.
    ///
    /// - Returns: the client's limit where the topic's is larger, or is not told.
    static func load(
        _ topic: String, _ producer: ProducerConfiguration, _ client: KafkaClient
    ) async -> RecordLimit {
        let own = RecordLimit(maxRequestBytes: producer.maxRequestBytes)
        guard producer.compression.codec == .none,
            case .success(let entries)? = try? await client.describeConfigs([.topic(topic)])[
                .topic(topic)],
            let value = entries.first(where: { $0.name == "max.message.bytes" })?.value,
            let bytes = Int(value), bytes < own.batchBytes
        else { return own }
        return RecordLimit(topic: topic, maxMessageBytes: bytes)
    }

    /// How many bytes of the input may at most hold one record.
    func textBytes(_ layout: ProducePlan.Layout, maxRequestBytes: Int) -> Int {
        let most =
            switch layout {
            case .lines, .wholeFile, .console: batchBytes
            // An escaped byte takes six in JSON, and two in hexadecimal.
            case .json, .format: min(6 * batchBytes, max(batchBytes, maxRequestBytes))
            }
        return most + RecordLimit.slackBytes
    }

    /// Why a record cannot be sent; nil when it can.
    func refusal(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headers: EncodedHeaders?
    ) -> String? {
        let bytes = RecordBatchBuilder.batchBytes(key: key, value: value, headers: headers)
        return bytes > batchBytes ? tooLarge : nil
    }

    var tooLarge: String { "a record larger than \(batchBytes) bytes (\(owner))" }
}
