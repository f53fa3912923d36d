/// Settings of Kafka's clients that have no effect here: serializers, threads, sockets, callbacks,
/// other programs' extensions. Files that are shared with other clients may hold them; what is no
/// setting of theirs at all is an error.
enum ForeignClientSettings {
    private static let java: Set<String> = [
        "auto.include.jmx.reporter", "client.dns.lookup", "compression.gzip.level",
        "compression.lz4.level", "compression.zstd.level", "connections.max.idle.ms",
        "default.api.timeout.ms", "enable.metrics.push", "exclude.internal.topics",
        "interceptor.classes", "internal.leave.group.on.close",
        "internal.throw.on.fetch.stable.offset.unsupported", "key.deserializer", "key.serializer",
        "max.block.ms", "max.poll.records", "metadata.max.idle.ms",
        "metadata.recovery.rebootstrap.trigger.ms", "metadata.recovery.strategy",
        "metric.reporters", "metrics.num.samples", "metrics.recording.level",
        "metrics.sample.window.ms", "partitioner.adaptive.partitioning.enable",
        "partitioner.availability.timeout.ms", "partitioner.class", "partitioner.ignore.keys",
        "receive.buffer.bytes", "reconnect.backoff.max.ms", "reconnect.backoff.ms",
        "sasl.client.callback.handler.class", "sasl.login.callback.handler.class",
        "sasl.login.class", "sasl.login.connect.timeout.ms", "sasl.login.read.timeout.ms",
        "sasl.login.refresh.buffer.seconds", "sasl.login.refresh.min.period.seconds",
        "sasl.login.refresh.window.factor", "sasl.login.refresh.window.jitter",
        "sasl.login.retry.backoff.max.ms", "sasl.login.retry.backoff.ms",
        "sasl.oauthbearer.clock.skew.seconds", "sasl.oauthbearer.expected.audience",
        "sasl.oauthbearer.expected.issuer", "sasl.oauthbearer.header.urlencode",
        "sasl.oauthbearer.scope.claim.name", "sasl.oauthbearer.sub.claim.name",
        "security.providers", "send.buffer.bytes", "share.acknowledgement.mode",
        "share.acquire.mode", "socket.connection.setup.timeout.max.ms", "ssl.engine.factory.class",
        "ssl.keymanager.algorithm", "ssl.protocol", "ssl.provider",
        "ssl.secure.random.implementation", "ssl.trustmanager.algorithm",
        "transaction.two.phase.commit.enable", "value.deserializer", "value.serializer",
    ]

    private static let librdkafka: Set<String> = [
        "api.version.fallback.ms", "api.version.request", "api.version.request.timeout.ms",
        "batch.num.messages", "broker.address.family", "broker.address.ttl",
        "broker.version.fallback", "builtin.features", "client.software.name",
        "client.software.version", "compression.level", "consume.callback.max.messages",
        "coordinator.query.interval.ms", "debug", "delivery.report.only.error", "dr_cb",
        "dr_msg_cb", "enable.auto.offset.store", "enable.gapless.guarantee", "enable.partition.eof",
        "enable.random.seed", "enabled_events", "fetch.error.backoff.ms", "fetch.queue.backoff.ms",
        "group.protocol.type", "interceptors", "internal.termination.signal",
        "log.connection.close", "log.queue", "log.thread.name", "log_level",
        "max.in.flight.requests", "message.copy.max.bytes",
        "msg_order_cmp", "offset.store.method", "offset.store.path",
        "offset.store.sync.interval.ms", "opaque", "plugin.library.paths", "produce.offset.report",
        "queue.buffering.backpressure.threshold", "queue.buffering.max.messages",
        "queued.min.messages", "queuing.strategy", "reconnect.backoff.jitter.ms", "resolve_cb",
        "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.method",
        "sasl.oauthbearer.scope", "socket.blocking.max.ms", "socket.keepalive.enable",
        "socket.max.fails", "socket.nagle.disable", "socket.receive.buffer.bytes",
        "socket.send.buffer.bytes", "ssl.ca.certificate.stores", "ssl.crl.location",
        "ssl.curves.list", "ssl.engine.id", "ssl.engine.location", "ssl.providers",
        "ssl.sigalgs.list", "statistics.interval.ms", "sticky.partitioning.linger.ms",
        "topic.blacklist", "topic.metadata.refresh.fast.cnt",
        "topic.metadata.refresh.fast.interval.ms", "topic.metadata.refresh.sparse",
    ]

    /// Of whole families.
    private static let prefixes = [
        "auto.register.", "basic.auth.", "bearer.auth.", "config.providers", "confluent.", "log4j.",
        "sasl.kerberos.", "sasl.oauthbearer.assertion.", "sasl.oauthbearer.client.credentials.",
        "sasl.oauthbearer.jwks.", "sasl.oauthbearer.jwt.", "schema.registry.", "specific.avro.",
        "test.mock.",
    ]

    /// Whether other clients know it, and this one does not.
    static func contains(_ name: String) -> Bool {
        guard ClientSettings.byName[name] == nil else { return false }
        return java.contains(name) || librdkafka.contains(name)
            || prefixes.contains { name.hasPrefix($0) }
    }
}
