import KafkaBase
import Testing

@testable import KafkaBroker

@Suite struct ConfigRulesTests {
    private typealias Change = ConfigAlteration.Change

    private func alter(
        _ changes: [Change], of resource: ConfigAlteration.Resource = .topic("t"),
        current: [String: String] = [:], keepsOthers: Bool = true,
        broker: [String: String] = [:]
    ) throws -> [String: String] {
        let rules = ConfigRules(settings: try BrokerSettings(broker))
        let alteration = ConfigAlteration(
            resource: resource, changes: changes, keepsOthers: keepsOthers)
        return switch resource {
        case .topic: try rules.topicConfigs(alteration, current: current)
        case .broker: try rules.brokerConfigs(alteration, current: current)
        case .group: try rules.groupConfigs(alteration, current: current)
        case .clientMetrics: try rules.clientMetricsConfigs(alteration, current: current)
        }
    }

    private func error(_ body: () throws -> Void) -> ApiError? {
        do {
            try body()
            return nil
        } catch {
            return error as? ApiError
        }
    }

    @Test func `Settings are set and deleted one by one, or replaced as a whole`() throws {
        let current = ["retention.ms": "5", "segment.ms": "6"]
        let changes: [Change] = [
            .init(name: "retention.ms", operation: .delete, value: nil),
            .init(name: "max.message.bytes", operation: .set, value: " 70 "),
        ]
        #expect(
            try alter(changes, current: current)
                == ["segment.ms": "6", "max.message.bytes": "70"])
        #expect(
            try alter(
                [.init(name: "retention.ms", operation: .set, value: "7")], current: current,
                keepsOthers: false) == ["retention.ms": "7"])
    }

    @Test func `Lists grow and shrink, from the default on`() throws {
        func policy(
            _ operation: ConfigAlteration.Operation, _ value: String, _ current: String?
        ) throws -> String? {
            try alter(
                [.init(name: "cleanup.policy", operation: operation, value: value)],
                current: current.map { ["cleanup.policy": $0] } ?? [:])["cleanup.policy"]
        }
        #expect(try policy(.append, "compact", nil) == "delete,compact")
        #expect(try policy(.append, "compact,delete", "compact") == "compact,delete")
        #expect(try policy(.subtract, "delete", "compact,delete") == "compact")
        #expect(try policy(.subtract, "compact", nil) == "delete")
        #expect(try policy(.subtract, "delete", nil)?.isEmpty == true)
    }

    @Test(arguments: [
        ("bogus", "1", "Unknown topic config name: bogus"),
        (
            "segment.bytes", "minus",
            "Invalid value minus for configuration segment.bytes: Not a number of type INT"
        ),
        (
            "retention.ms", "abc",
            "Invalid value abc for configuration retention.ms: Not a number of type LONG"
        ),
        (
            "segment.bytes", "1",
            "Invalid value 1 for configuration segment.bytes: Value must be at least 14"
        ),
        (
            "cleanup.policy", "shred",
            "Invalid value shred for configuration cleanup.policy: String must be one of: "
                + "compact, delete"
        ),
        (
            "preallocate", "maybe",
            "Invalid value maybe for configuration preallocate: Expected value to be either true "
                + "or false"
        ),
        (
            "min.cleanable.dirty.ratio", "1.5",
            "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more "
                + "than 1"
        ),
        (
            "min.compaction.lag.ms", "9223372036854775807", nil
        ),
    ])
    func `Values are checked, and refused in Kafka's words`(
        _ name: String, _ value: String, _ message: String?
    ) {
        let error = error {
            _ = try alter([.init(name: name, operation: .set, value: value)])
        }
        #expect(error == message.map { ApiError(.invalidConfig, $0) })
    }

    @Test func `A name that is nearly right is told`() {
        let error = error {
            _ = try alter([.init(name: "retention.mss", operation: .set, value: "1")])
        }
        #expect(
            error?.message == "Unknown topic config name: retention.mss; did you mean "
                + "retention.ms?")
    }

    @Test func `Settings that contradict each other are refused, also with the broker's`() {
        let least = Change(name: "min.compaction.lag.ms", operation: .set, value: "10")
        let most = Change(name: "max.compaction.lag.ms", operation: .set, value: "9")
        let expected = ApiError(
            .invalidConfig,
            "conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (9)")
        #expect(error { _ = try alter([least, most]) } == expected)
        #expect(
            error {
                _ = try alter([least], broker: ["log.cleaner.max.compaction.lag.ms": "9"])
            } == expected)
        #expect(error { _ = try alter([least]) } == nil)
    }

    @Test func `Tiered storage cannot be switched on, since there is none`() {
        let change = Change(name: "remote.storage.enable", operation: .set, value: "true")
        #expect(
            error { _ = try alter([change]) }
                == ApiError(
                    .invalidConfig,
                    "Tiered Storage functionality is disabled in the broker. Topic cannot be "
                        + "configured with remote log storage."))
    }

    @Test func `Throttled replicas are pairs of numbers, or all`() {
        let name = "leader.replication.throttled.replicas"
        for value in ["", "*", "0:1", "0:1, 10:2"] {
            #expect(
                error { _ = try alter([.init(name: name, operation: .set, value: value)]) } == nil,
                "\(value)")
        }
        for value in ["zzz", "0", "0:", ":1", "0:1:2", "-1:0", "*,0:1", "0:x"] {
            let found = error { _ = try alter([.init(name: name, operation: .set, value: value)]) }
            #expect(found?.code == .invalidConfig, "\(value)")
        }
    }

    @Test func `Only lists are appended to`() {
        let change = Change(name: "retention.ms", operation: .append, value: "5")
        #expect(
            error { _ = try alter([change]) }
                == ApiError(
                    .invalidConfig,
                    "Can't APPEND to key retention.ms because its type is not LIST."))
        let broker = Change(name: "log.retention.ms", operation: .subtract, value: "5")
        #expect(
            error { _ = try alter([broker], of: .broker("0")) }
                == ApiError(
                    .invalidConfig,
                    "Config value subtract is not allowed for config key: log.retention.ms"))
    }

    @Test func `Of the broker, what Kafka lets change changes`() throws {
        #expect(
            try alter(
                [.init(name: "log.cleanup.policy", operation: .append, value: "compact")],
                of: .broker(""))
                == ["log.cleanup.policy": "delete,compact"])
        func refusal(_ name: String, _ value: String) -> ApiError? {
            error {
                _ = try alter([.init(name: name, operation: .set, value: value)], of: .broker("0"))
            }
        }
        #expect(
            refusal("num.partitions", "3")
                == ApiError(
                    .invalidRequest,
                    "Cannot update these configs dynamically: Set(num.partitions)"))
        #expect(
            refusal("log.retention.ms", "x")
                == ApiError(
                    .invalidRequest,
                    "Invalid value x for configuration log.retention.ms: Not a number of type "
                        + "LONG"))
        #expect(refusal("nope", "1")?.code == .invalidRequest)
        #expect(refusal("log.cleaner.min.compaction.lag.ms", "5") == nil)
        #expect(refusal("log.cleaner.max.compaction.lag.ms", "0")?.code == .invalidRequest)
    }

    @Test(
        arguments: [
            ("2", nil), ("4", nil),
            ("5", "cannot be increased to more than double the current value"),
            ("1", nil), ("0", "should be at least 1"), ("x", "Not a number of type INT"),
        ] as [(String, String?)])
    func `The cleaner's threads change by a factor of two at most`(
        _ value: String, _ problem: String?
    ) {
        let refusal = error {
            _ = try alter(
                [.init(name: "log.cleaner.threads", operation: .set, value: value)],
                of: .broker("0"), broker: ["log.cleaner.threads": "2"])
        }
        #expect(refusal?.code == (problem == nil ? nil : .invalidRequest))
        #expect(refusal?.message?.contains(problem ?? "") != false)
    }

    @Test func `What is kept without effect has its type all the same`() {
        func code(_ name: String, _ value: String) -> ErrorCode? {
            error {
                _ = try alter([.init(name: name, operation: .set, value: value)], of: .broker(""))
            }?.code
        }
        #expect(code("background.threads", "20") == nil)
        #expect(code("background.threads", "0") == .invalidRequest)
        #expect(code("num.io.threads", "many") == .invalidRequest)
        #expect(code("metric.reporters", "a,b") == nil)
    }

    @Test(
        arguments: [
            ("interval.ms", "100", nil), ("interval.ms", "99", ErrorCode.invalidRequest),
            ("interval.ms", "3600001", .invalidRequest), ("interval.ms", "soon", .invalidConfig),
            ("metrics", "org.apache.kafka.producer.,*", nil), ("nope", "1", .invalidRequest),
            ("match", "client_id=a.*, client_source_address = 127.0.0.1", nil),
            ("match", "client_id", .invalidConfig), ("match", "client_id=", .invalidConfig),
            ("match", "client_id=a=b", .invalidConfig), ("match", "color=red", .invalidConfig),
        ] as [(String, String, ErrorCode?)])
    func `A subscription to clients' metrics says which of whom and how often`(
        _ name: String, _ value: String, _ code: ErrorCode?
    ) {
        let refusal = error {
            _ = try alter(
                [.init(name: name, operation: .set, value: value)], of: .clientMetrics("s"))
        }
        #expect(refusal?.code == code)
    }

    @Test func `A request names each setting once, with a value`() throws {
        #expect(
            error { _ = try ConfigRules.changes([("a", 0, "1"), ("a", 1, nil)]) }
                == ApiError(.invalidRequest, "Error due to duplicate config keys"))
        #expect(
            error { _ = try ConfigRules.changes([("a", 0, nil), ("b", 2, nil), ("c", 1, nil)]) }
                == ApiError(.invalidRequest, "Null value not supported for : a, b"))
        #expect(error { _ = try ConfigRules.changes([("a", 9, "1")]) }?.code == .invalidRequest)
        #expect(try ConfigRules.changes([("a", 3, "1")]).first?.operation == .subtract)
    }

    @Test func `Resources are topics and this broker`() throws {
        let rules = ConfigRules(settings: try BrokerSettings(["node.id": "4"]))
        #expect(try rules.resource(type: 2, name: "t") == .topic("t"))
        #expect(try rules.resource(type: 4, name: "") == .broker(""))
        #expect(try rules.resource(type: 4, name: "4") == .broker("4"))
        func code(_ type: Int8, _ name: String) -> ErrorCode? {
            error { _ = try rules.resource(type: type, name: name) }?.code
        }
        #expect(code(2, "") == .invalidRequest && code(2, "a/b") == .invalidTopicException)
        #expect(code(4, "5") == .invalidRequest && code(4, "x") == .invalidRequest)
        #expect(code(8, "4") == .invalidRequest)
        #expect(code(16, "") == .invalidRequest && code(16, "s") == nil)
    }

    @Test func `A group's times are within the broker's bounds and fit together`() throws {
        func set(_ name: String, _ value: String, broker: [String: String] = [:]) throws
            -> [String: String]
        {
            try alter(
                [.init(name: name, operation: .set, value: value)], of: .group("g"), broker: broker)
        }
        #expect(
            try set("consumer.session.timeout.ms", "50000")
                == ["consumer.session.timeout.ms": "50000"])
        for (name, value, problem) in [
            ("consumer.session.timeout.ms", "44999", "greater than or equal to group.consumer.min"),
            ("consumer.session.timeout.ms", "60001", "less than or equal to group.consumer.max"),
            ("consumer.heartbeat.interval.ms", "4999", "group.consumer.min.heartbeat"),
            ("consumer.heartbeat.interval.ms", "x", "Not a number"),
            ("retention.ms", "5", "Unknown group config name: retention.ms"),
        ] {
            let error = error { _ = try set(name, value) }
            #expect(error?.code == .invalidConfig)
            #expect(error?.message?.contains(problem) == true)
        }
        let least = ["group.consumer.min.session.timeout.ms": "1000"]
        let error = error { _ = try set("consumer.session.timeout.ms", "5000", broker: least) }
        #expect(error?.message?.contains("must be greater than consumer.heartbeat") == true)
        #expect(throws: ApiError.self) {
            try ConfigRules(settings: BrokerSettings()).resource(type: 32, name: "")
        }
    }
}
