import KafkaBase
import KafkaSecurity

/// The metadata file's text: one item a line, words separated by single blanks, values escaped.
///
///     skafka-metadata 1
///     next-producer-id 3000
///     feature-changes 2                            how often levels of features were changed
///     feature group.version 1                      a level that is not the initial one
///     quota =alice * - producer_byte_rate 1048576   of user, client id and address: = and a name,
///                                                  * for the default, - for none
///     scram alice SCRAM-SHA-256 salt=…,stored_key=…,server_key=…,iterations=4096
///     acl eBSl7mbrTwa4nJ5Kn5qtpA ALLOW User:alice READ TOPIC LITERAL orders *
///                                                  the last word is the host
///     log-dir /data2                               where logs lie besides this directory
///     broker-config * log.retention.ms 60000       of all brokers, or of one by its id
///     group-config orders consumer.session.timeout.ms 50000
///     client-metrics-config slow metrics *         a subscription
///     deleted KHaq1pWQRVyUwDCZq0oWzQ               a topic whose directories may be there still
///     topic orders q5iLxY8TQ0K1m0ZrWc3dPg
///     partition 0 0 0 0 0          leader, its epoch, partition epoch, replicas, in-sync replicas
///     config retention.ms 60000
///     end 4
///
/// `partition` and `config` lines belong to the topic above them, partitions in their order. The
/// last line counts the lines between it and the first, so that a cut file is not taken for whole.
enum MetadataText {
    static let version = 1
    private static let allBrokers = "*"

    struct ParseError: Error, Equatable {
        var line: Int
        var reason: String
    }

    static func render(_ image: ClusterImage) -> String {
        var lines = ["next-producer-id \(image.nextProducerID)"]
        if image.features.changeCount > 0 {
            lines.append("feature-changes \(image.features.changeCount)")
        }
        for (name, level) in image.features.changed.sorted(by: { $0.key < $1.key }) {
            lines.append("feature \(escape(name)) \(level)")
        }
        lines += quotaLines(image.quotas)
        lines += image.credentials.users.flatMap { user, credentials in
            credentials.map { "scram \(escape(user)) \($0.key) \($0.value.text)" }
        }.sorted()
        lines += aclLines(image.acls)
        for path in image.logDirectories { lines.append("log-dir \(escape(path))") }
        for (broker, configs) in image.brokerConfigs.sorted(by: { $0.key < $1.key }) {
            let broker = broker == ClusterImage.allBrokers ? allBrokers : broker
            for (name, value) in configs.sorted(by: { $0.key < $1.key }) {
                lines.append("broker-config \(broker) \(name) \(escape(value))")
            }
        }
        for (word, resources) in [
            ("group-config", image.groupConfigs),
            ("client-metrics-config", image.clientMetricsConfigs),
        ] {
            for (resource, configs) in resources.sorted(by: { $0.key < $1.key }) {
                for (name, value) in configs.sorted(by: { $0.key < $1.key }) {
                    lines.append("\(word) \(escape(resource)) \(name) \(escape(value))")
                }
            }
        }
        for id in image.deletedTopics.map({ "\($0)" }).sorted() { lines.append("deleted \(id)") }
        for topic in image.topics.values.sorted(by: { $0.name < $1.name }) {
            lines.append("topic \(topic.name) \(topic.id)")
            for partition in topic.partitions {
                lines.append(
                    "partition \(partition.leader) \(partition.leaderEpoch) "
                        + "\(partition.partitionEpoch) \(list(partition.replicas)) "
                        + list(partition.inSyncReplicas))
            }
            for (name, value) in topic.configs.sorted(by: { $0.key < $1.key }) {
                lines.append("config \(name) \(escape(value))")
            }
        }
        return "skafka-metadata \(version)\n" + lines.map { $0 + "\n" }.joined()
            + "end \(lines.count)\n"
    }

    static func parse(_ text: String) throws(ParseError) -> ClusterImage {
        var parser = Parser()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        for (index, line) in lines.enumerated() {
            do throws(Reason) {
                try parser.take(
                    line.split(separator: " ", omittingEmptySubsequences: false).map(String.init),
                    isFirst: index == 0)
            } catch {
                throw ParseError(line: index + 1, reason: error.text)
            }
        }
        guard parser.hasEnded else {
            throw ParseError(line: lines.count, reason: "the file ends early")
        }
        return parser.image
    }

    private struct Reason: Error {
        var text: String
    }

    private struct Parser {
        var image = ClusterImage()
        var hasEnded = false
        private var topic: TopicImage?
        private var count = 0

        mutating func take(_ words: [String], isFirst: Bool) throws(Reason) {
            if isFirst {
                guard words == ["skafka-metadata", "\(version)"] else {
                    throw Reason(text: "not a metadata file of version \(version)")
                }
                return
            }
            guard !hasEnded else { throw Reason(text: "text behind the end") }
            switch (words[0], words.count) {
            case ("next-producer-id", 2): image.nextProducerID = try number(words[1])
            case ("feature-changes", 2):
                image.features = Features(
                    changed: image.features.changed, changeCount: try number(words[1]))
            case ("feature", 3): try addFeature(words)
            case ("quota", 6): try addQuota(words)
            case ("scram", 4): try addCredential(words)
            case ("acl", 9): try addAcl(words)
            case ("log-dir", 2):
                guard let path = unescape(words[1]) else { throw Reason(text: "bad escape") }
                image.logDirectories.append(path)
            case ("broker-config", 4): try addBrokerConfig(words)
            case ("group-config", 4):
                let (group, configs) = try adding(words, to: image.groupConfigs)
                image.setGroupConfigs(configs, group: group)
            case ("client-metrics-config", 4):
                let (name, configs) = try adding(words, to: image.clientMetricsConfigs)
                image.setClientMetricsConfigs(configs, subscription: name)
            case ("deleted", 2):
                guard let id = Uuid(words[1]) else { throw Reason(text: "not an id: \(words[1])") }
                image.noteDeleted(id)
            case ("topic", 3): try beginTopic(words)
            case ("partition", 6): try addPartition(words)
            case ("config", 3): try addConfig(words)
            case ("end", 2): return try end(words)
            default: throw Reason(text: "unknown line: \(words.joined(separator: " "))")
            }
            count += 1
        }

        private mutating func beginTopic(_ words: [String]) throws(Reason) {
            guard let id = Uuid(words[2]) else { throw Reason(text: "not an id: \(words[2])") }
            closeTopic()
            topic = TopicImage(name: words[1], id: id, partitions: [])
        }

        private mutating func addPartition(_ words: [String]) throws(Reason) {
            var partition = PartitionImage(soleReplica: try number(words[1]))
            partition.leaderEpoch = try number(words[2])
            partition.partitionEpoch = try number(words[3])
            partition.replicas = try numbers(words[4])
            partition.inSyncReplicas = try numbers(words[5])
            guard topic != nil else { throw Reason(text: "a partition without a topic") }
            topic?.partitions.append(partition)
        }

        private mutating func addConfig(_ words: [String]) throws(Reason) {
            guard topic != nil else { throw Reason(text: "a config without a topic") }
            guard let value = unescape(words[2]) else { throw Reason(text: "bad escape") }
            topic?.configs[words[1]] = value
        }

        private mutating func addFeature(_ words: [String]) throws(Reason) {
            guard let name = unescape(words[1]) else { throw Reason(text: "bad escape") }
            var levels = image.features.changed
            levels[name] = try number(words[2])
            image.features = Features(changed: levels, changeCount: image.features.changeCount)
        }

        private mutating func addQuota(_ words: [String]) throws(Reason) {
            var entity = QuotaEntity()
            entity.user = try quotaName(words[1])
            entity.clientID = try quotaName(words[2])
            entity.ip = try quotaName(words[3])
            guard let key = QuotaKey(rawValue: words[4]), let value = Double(words[5]) else {
                throw Reason(text: "not a quota: \(words[4]) \(words[5])")
            }
            image.quotas.set(key, to: value, for: entity)
        }

        private mutating func addCredential(_ words: [String]) throws(Reason) {
            guard let user = unescape(words[1]), let mechanism = SaslMechanism(rawValue: words[2]),
                mechanism.scramHash != nil, let credential = ScramCredential(text: words[3])
            else { throw Reason(text: "not a SCRAM credential") }
            image.credentials.set(credential, of: user, mechanism)
        }

        private mutating func addAcl(_ words: [String]) throws(Reason) {
            guard let id = Uuid(words[1]) else { throw Reason(text: "not an id: \(words[1])") }
            guard let permission = Acl.Permission(name: words[2]),
                let operation = AclOperation(name: words[4]),
                let resourceType = AclResourceType(name: words[5]),
                let patternType = Acl.PatternType(name: words[6])
            else { throw Reason(text: "not an ACL: \(words.joined(separator: " "))") }
            guard let principal = unescape(words[3]), let name = unescape(words[7]),
                let host = unescape(words[8])
            else { throw Reason(text: "bad escape") }
            image.acls[id] = Acl(
                permission, principal, operation, resourceType, name, patternType: patternType,
                host: host)
        }

        private mutating func addBrokerConfig(_ words: [String]) throws(Reason) {
            guard let value = unescape(words[3]) else { throw Reason(text: "bad escape") }
            let broker = words[1] == allBrokers ? ClusterImage.allBrokers : words[1]
            var configs = image.brokerConfigs[broker] ?? [:]
            configs[words[2]] = value
            image.setConfigs(configs, broker: broker)
        }

        private func adding(
            _ words: [String], to resources: [String: [String: String]]
        ) throws(Reason) -> (resource: String, configs: [String: String]) {
            guard let resource = unescape(words[1]), let value = unescape(words[3]) else {
                throw Reason(text: "bad escape")
            }
            var configs = resources[resource] ?? [:]
            configs[words[2]] = value
            return (resource, configs)
        }

        private mutating func end(_ words: [String]) throws(Reason) {
            closeTopic()
            hasEnded = true
            guard try number(words[1]) == count else {
                throw Reason(text: "\(count) lines where \(words[1]) were written")
            }
        }

        private mutating func closeTopic() {
            if let topic { image.insert(topic) }
            topic = nil
        }
    }

    private static func number<Number: FixedWidthInteger>(
        _ word: String
    ) throws(Reason) -> Number {
        guard let number = Number(word) else { throw Reason(text: "not a number: \(word)") }
        return number
    }

    private static func numbers(_ word: String) throws(Reason) -> [Int32] {
        if word == "-" { return [] }
        var result: [Int32] = []
        for part in word.split(separator: ",") { result.append(try number(String(part))) }
        return result
    }

    private static func list(_ numbers: [Int32]) -> String {
        numbers.isEmpty ? "-" : numbers.map(String.init).joined(separator: ",")
    }

    // MARK: Quotas and ACLs

    private static func quotaLines(_ quotas: ClientQuotas) -> [String] {
        let word = { (name: QuotaEntity.Name?) in
            switch name {
            case nil: "-"
            case .standard: "*"
            case .named(let name): "=" + escape(name)
            }
        }
        return quotas.entities.flatMap { entity, values in
            values.map { key, value in
                "quota \(word(entity.user)) \(word(entity.clientID)) \(word(entity.ip)) "
                    + "\(key.rawValue) \(value)"
            }
        }.sorted()
    }

    private static func aclLines(_ acls: [Uuid: Acl]) -> [String] {
        acls.map { id, acl in
            [
                "acl", "\(id)", acl.permission.name, escape(acl.principal), acl.operation.name,
                acl.resourceType.name, acl.patternType.name, escape(acl.resourceName),
                escape(acl.host),
            ].joined(separator: " ")
        }.sorted()
    }

    private static func quotaName(_ word: String) throws(Reason) -> QuotaEntity.Name? {
        switch word {
        case "-": return nil
        case "*": return .standard
        default:
            guard word.hasPrefix("="), let name = unescape(String(word.dropFirst())) else {
                throw Reason(text: "not a name: \(word)")
            }
            return .named(name)
        }
    }

    // MARK: Escapes: % and two hexadecimal digits

    private static func escape(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += byte < 16 ? "%0" : "%"
                text += String(byte, radix: 16)
            }
        }
        return text
    }

    private static func unescape(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while let character = rest.popFirst() {
            guard character == "%" else {
                bytes += Array(String(character).utf8)
                continue
            }
            guard rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest.removeFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
