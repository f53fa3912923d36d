internal import KafkaClient
internal import KafkaRecords

extension ClientSettings {
    /// Every setting of a client that has an effect.
    static let definitions: [Definition] =
        connection + security + sending + transacting + fetching + membership

    private static let connection: [Definition] = [
        Definition(
            names: ["bootstrap.servers", "metadata.broker.list"], expects: "write HOST:PORT,…"
        ) { settings, value in
            settings.bootstrapServers = value
            return !value.isEmpty
        },
        Definition(names: ["client.id"], expects: "a name is expected") { settings, value in
            settings.client.clientID = value
            return true
        },
        .number(
            ["request.timeout.ms", "socket.timeout.ms"], 1...Int(Int32.max),
            \.client.requestTimeoutMs),
        .number(
            ["socket.connection.setup.timeout.ms"], 1...Int(Int32.max), \.client.connectTimeoutMs),
        .number(["retry.backoff.ms"], 1...300_000, \.client.retryBackoffMs),
        .number(["retry.backoff.max.ms"], 1...300_000, \.client.retryBackoffMaxMs),
        .number(
            ["metadata.max.age.ms", "topic.metadata.refresh.interval.ms"], 1...Int(Int32.max),
            \.client.metadataMaxAgeMs),
        .number(
            ["receive.message.max.bytes"], 1000...Int(Int32.max), \.client.maxResponseBytes),
    ]

    private static let sending: [Definition] = [
        Definition(names: ["acks", "request.required.acks"], expects: "0, 1 or all is expected") {
            settings, value in
            guard let acks = ProducerConfiguration.Acks(argument: value) else { return false }
            settings.producer.acks = acks
            return true
        },
        Definition(
            names: ["compression.type", "compression.codec"],
            expects: "none, gzip, snappy, lz4 or zstd is expected, with :LEVEL if wanted"
        ) { settings, value in
            guard let compression = Compression(value) else { return false }
            settings.producer.compression = compression
            return true
        },
        .number(["linger.ms", "queue.buffering.max.ms"], 0...900_000, \.producer.lingerMs),
        .number(["batch.size"], 1...(1 << 30), \.producer.batchBytes),
        .number(
            [
                "max.in.flight.requests.per.connection", "max.in.flight",
            ], 1...1000, \.producer.maxInFlightPerBroker),
        .number(
            ["retries", "message.send.max.retries"], 0...Int(Int32.max), \.producer.retries),
        .number(["buffer.memory"], (1 << 16)...(1 << 40), \.producer.bufferBytes),
        .number(
            ["queue.buffering.max.kbytes"], 64...(1 << 30), \.producer.bufferBytes, factor: 1024),
        .number(
            ["max.request.size", "message.max.bytes"], 1000...(1 << 30),
            \.producer.maxRequestBytes),
        .number(
            ["delivery.timeout.ms", "message.timeout.ms"], 1...Int(Int32.max),
            \.client.deliveryTimeoutMs),
        .number(
            ["topic.metadata.propagation.max.ms"], 0...3_600_000, \.client.topicPropagationMs),
        Definition(
            names: ["enable.idempotence"], expects: "true or false is expected"
        ) { settings, value in
            guard let isOn = Bool(value.lowercased()) else { return false }
            settings.producer.idempotent = isOn
            settings.isIdempotenceExplicit = isOn
            return true
        },
        Definition(
            names: ["partitioner"], expects: "murmur2, random, sticky or consistent is expected"
        ) { settings, value in
            // librdkafka's names for the same.
            let names = ["murmur2_random": "murmur2", "consistent_random": "consistent"]
            guard let partitioner = Partitioner(rawValue: names[value] ?? value) else {
                return false
            }
            settings.producer.partitioner = partitioner
            return true
        },
        .bool(["allow.auto.create.topics"], \.producer.allowAutoTopicCreation),
    ]

    private static let fetching: [Definition] = [
        .number(
            ["fetch.max.wait.ms", "fetch.wait.max.ms"], 0...300_000, \.consumer.maxWaitMs),
        .number(["fetch.min.bytes"], 0...(1 << 30), \.consumer.minBytes),
        .number(["fetch.max.bytes"], 1...(1 << 30), \.consumer.maxBytes),
        .number(
            ["max.partition.fetch.bytes", "fetch.message.max.bytes"], 1...(1 << 30),
            \.consumer.maxPartitionBytes),
        .number(
            ["queued.max.messages.kbytes"], 1...(1 << 30), \.consumer.prefetchBytes, factor: 1024),
        .bool(["check.crcs"], \.consumer.checkCrcs),
        Definition(
            names: ["isolation.level"], expects: "read_committed or read_uncommitted is expected"
        ) { settings, value in
            guard let level = IsolationLevel(argument: value) else { return false }
            settings.consumer.isolationLevel = level
            return true
        },
    ]
}

extension ClientSettings.Definition {
    static func number(
        _ names: [String], _ range: ClosedRange<Int>,
        _ path: any WritableKeyPath<ClientSettings, Int> & Sendable, factor: Int = 1
    ) -> Self {
        Self(
            names: names,
            expects: "a number from \(range.lowerBound) to \(range.upperBound) is expected"
        ) { settings, value in
            guard let number = Int(value), range.contains(number) else { return false }
            settings[keyPath: path] = number * factor
            return true
        }
    }

    static func bool(
        _ names: [String], _ path: any WritableKeyPath<ClientSettings, Bool> & Sendable
    ) -> Self {
        Self(names: names, expects: "true or false is expected") { settings, value in
            guard let isOn = Bool(value.lowercased()) else { return false }
            settings[keyPath: path] = isOn
            return true
        }
    }
}
