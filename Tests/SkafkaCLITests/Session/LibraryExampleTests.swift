import KafkaClient
import KafkaRecords
import Testing

/// The client as another package sees it: what the README shows, with public names alone.
@Suite struct LibraryExampleTests {
    @Test func `Records are written, read in a group, and its offsets are there`() async throws {
        try await EmbeddedClient.with { client in
            try await write(3, client)
            #expect(try await read(3, client) == ["paid 0", "paid 1", "paid 2"])
            let offsets = try await client.groupOffsets(["billing"])["billing"]?.get()
            #expect(try offsets?.values.map { try $0.get().offset }.sorted() == [0, 0, 3])
        }
    }

    private func write(_ count: Int, _ client: KafkaClient) async throws {
        let producer = Producer(client: client)
        for number in 0..<count {
            let record = ProducerRecord(key: "42", value: "paid \(number)")
            let written = try await producer.send(record, to: "t")
            #expect(written.offset == Int64(number))
        }
        await producer.close()
    }

    private func read(_ count: Int, _ client: KafkaClient) async throws -> [String] {
        var configuration = GroupConfiguration(groupID: "billing")
        configuration.offsetReset = .earliest
        return try await GroupConsumer.with(client, configuration, reading: .topics(["t"])) {
            consumer in
            var values: [String] = []
            var reader = RecordBatchReader()
            while values.count < count {
                for records in try await consumer.poll(timeoutMs: nil) {
                    try records.forEachRecord(reader: &reader) { record in
                        values.append(
                            record.value.map { String(decoding: $0, as: UTF8.self) } ?? "")
                        return .continue
                    }
                }
            }
            try await consumer.commit()
            return values
        }
    }
}
