internal import KafkaBase
internal import KafkaRecords

extension TopicProducer {
    /// Writes a record and waits until it is delivered. Waits for room in the producer's buffer
    /// too, so that who awaits each `send` holds nothing up but itself; many tasks that send fill
    /// batches together.
    ///
    ///     let written = try await topic.send(ProducerRecord(key: "42", value: "paid"))
    ///     print(written.partition, written.offset)
    ///
    /// - Throws: what `append` throws, and why the record was not delivered.
    public func send(_ record: ProducerRecord) async throws(KafkaError) -> RecordMetadata {
        let delivery = RecordDelivery()
        while try append(record, delivery) == .full {
            await waitForRoom()
            if Task.isCancelled { throw KafkaError.cancelled }
        }
        return try await delivery.value()
    }

    private func append(
        _ record: ProducerRecord, _ delivery: RecordDelivery
    ) throws(KafkaError) -> AppendResult {
        var headers: EncodedHeaders?
        for header in record.headers {
            var encoded = headers ?? EncodedHeaders()
            Array(header.name.utf8).withUnsafeBytes { name in
                withBytes(of: header.value) { encoded.append(name: name, value: $0) }
            }
            headers = encoded
        }
        let timestamp = record.timestamp ?? KafkaClock.system.nowMs
        return try withBytes(of: record.key) { key throws(KafkaError) in
            try withBytes(of: record.value) { value throws(KafkaError) in
                try append(
                    key: key, value: value, timestamp: timestamp, headers: headers,
                    partition: record.partition, delivery: delivery)
            }
        }
    }

    private func withBytes<Result, Failure>(
        of bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let bytes else { return try body(nil) }
        let outcome = bytes.withUnsafeBytes { bytes in
            Swift.Result { () throws(Failure) in try body(bytes) }
        }
        return try outcome.get()
    }
}

extension Producer {
    /// Writes a record to a topic and waits until it is delivered; see `TopicProducer.send`.
    ///
    ///     let producer = Producer(client: client)
    ///     let written = try await producer.send(ProducerRecord(value: "hello"), to: "greetings")
    ///
    /// - Throws: `unknownTopic`, and what `TopicProducer.send` throws.
    @discardableResult
    public func send(
        _ record: ProducerRecord, to topic: String
    ) async throws(KafkaError) -> RecordMetadata {
        try await self.topic(topic).send(record)
    }
}
