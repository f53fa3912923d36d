/// Settings of Kafka's broker that mean nothing here: threads, sockets, replication, KRaft and
/// ZooKeeper. They are taken, so that Kafka's own property files start this broker too, and have no
/// effect; what is no setting of Kafka's at all is an error.
enum ForeignSettings {
    private static let names: Set<String> = [
        "advertised.host.name", "advertised.port",
        "auto.leader.rebalance.enable", "background.threads", "broker.heartbeat.interval.ms",
        "broker.id.generation.enable", "broker.rack", "broker.session.timeout.ms",
        "controlled.shutdown.enable", "controlled.shutdown.max.retries",
        "controlled.shutdown.retry.backoff.ms", "early.start.listeners", "host.name",
        "initial.broker.registration.timeout.ms", "inter.broker.listener.name",
        "inter.broker.protocol.version",
        "log.dir.failure.timeout.ms", "log.flush.scheduler.interval.ms",
        "log.flush.start.offset.checkpoint.interval.ms", "log.message.downconversion.enable",
        "log.message.format.version", "log.message.timestamp.difference.max.ms",
        "max.connection.creation.rate", "num.io.threads", "num.network.threads",
        "num.recovery.threads.per.data.dir", "num.replica.alter.log.dirs.threads",
        "num.replica.fetchers", "metadata.log.dir", "node.rack",
        "offsets.commit.required.acks", "offsets.commit.timeout.ms", "offsets.load.buffer.size",
        "offsets.topic.compression.codec", "port", "process.roles",
        "producer.purgatory.purge.interval.requests",
        "queued.max.request.bytes", "queued.max.requests", "request.timeout.ms",
        "reserved.broker.max.id", "sasl.client.callback.handler.class",
        "sasl.mechanism.controller.protocol", "sasl.mechanism.inter.broker.protocol",
        "security.inter.broker.protocol", "security.providers", "server.max.startup.time.ms",
        "socket.listen.backlog.size", "socket.receive.buffer.bytes", "socket.send.buffer.bytes",
        "ssl.allow.dn.changes", "ssl.allow.san.changes", "ssl.endpoint.identification.algorithm",
        "ssl.keymanager.algorithm", "ssl.protocol", "ssl.provider",
        "ssl.secure.random.implementation", "ssl.trustmanager.algorithm",
        "transaction.state.log.load.buffer.size", "unstable.api.versions.enable",
        "unstable.feature.versions.enable",
    ]

    /// Of whole families.
    private static let prefixes = [
        "alter.config.policy.", "alter.log.dirs.", "auto.include.jmx.", "confluent.",
        "control.plane.", "controller.", "create.topic.policy.", "delegation.token.",
        "fetch.purgatory.",
        "delete.records.purgatory.", "group.coordinator.threads",
        "group.coordinator.new.", "group.share.", "group.streams.", "kafka.metrics.",
        "leader.imbalance.", "log4j.",
        "metadata.log.", "metadata.max.", "metric.reporters", "metrics.",
        "replica.", "replication.quota.", "sasl.kerberos.", "sasl.login.", "sasl.oauthbearer.",
        "share.coordinator.", "zookeeper.",
    ]

    /// Of those, what Kafka changes at run time (its `DynamicBrokerConfig`), with what they hold:
    /// tools set them for all brokers alike.
    private static let dynamicTypes:
        [String: (type: SettingDefinition.ValueType, constraint: SettingDefinition.Constraint)] = [
            "background.threads": (.int, .atLeast(1)),
            "listener.security.protocol.map": (.string, .none),
            "max.connection.creation.rate": (.int, .atLeast(0)),
            "metric.reporters": (.list, .none),
            "num.io.threads": (.int, .atLeast(1)),
            "num.network.threads": (.int, .atLeast(1)),
            "num.recovery.threads.per.data.dir": (.int, .atLeast(1)),
            "num.replica.fetchers": (.int, .atLeast(1)),
            "principal.builder.class": (.class, .none),
        ]
    private static let dynamicPrefixes = ["sasl.", "ssl."]

    /// What can be set at run time, and be shown, and no more; nil for all else.
    static func dynamicDefinition(of name: String) -> SettingDefinition? {
        let documentation = "Kept and shown, without effect here."
        if let (type, constraint) = dynamicTypes[name] {
            return SettingDefinition(name, type, nil, constraint, documentation)
        }
        guard dynamicPrefixes.contains(where: name.hasPrefix) else { return nil }
        let isSecret = name.hasSuffix(".password") || name.hasSuffix(".jaas.config")
        return SettingDefinition(
            name, isSecret ? .password : .string, nil, .none, documentation)
    }

    static func contains(_ name: String) -> Bool {
        guard BrokerSettings.definition(of: name) == nil else { return false }
        return names.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }
}
