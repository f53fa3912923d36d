internal import KafkaBase

/// What a file of names and values holds, in its order.
public struct InspectedProperties: Sendable, Hashable {
    public struct Property: Sendable, Hashable {
        public var name: String
        public var value: String
        /// Of its line, in the file.
        public var position: Int
    }

    public var properties: [Property]

    public subscript(name: String) -> Property? { properties.last { $0.name == name } }
}

/// Reads `partition.metadata` or `meta.properties`, hands out what stands there, and tells what is
/// missing or cannot be.
///
/// Owns the file's lines, which are limited. One owner, on any one thread; `init` blocks on the
/// disk.
public struct PropertiesInspection {
    public enum Kind: Sendable {
        /// `partition.metadata`: `name: value`, version 0 (Kafka's `PartitionMetadataFile`).
        case partitionMetadata
        /// `meta.properties`: `name=value`, version 0 or 1 (Kafka's `MetaProperties`).
        case metaProperties

        fileprivate var separators: Set<Character> {
            self == .partitionMetadata ? [":"] : ["=", ":"]
        }
    }

    public let path: String
    public let kind: Kind
    private let text: TextLines

    public init(
        path: String, kind: Kind, on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        text = try TextLines(path: path, on: disk)
        self.path = path
        self.kind = kind
    }

    public func run(_ visitor: inout some InspectionVisitor) {
        var found = InspectedProperties(properties: [])
        for line in text.lines {
            let content = line.text.drop { $0 == " " || $0 == "\t" }
            if kind == .metaProperties, content.first == "#" || content.first == "!" { continue }
            guard let separator = content.firstIndex(where: { kind.separators.contains($0) }) else {
                visitor.report(
                    finding(.badLine, at: line.position, "'\(line.text)' has no name and value"))
                continue
            }
            let value = content[content.index(after: separator)...].drop { $0 == " " }
            found.properties.append(
                InspectedProperties.Property(
                    name: String(content[..<separator].filter { $0 != " " }),
                    value: kind == .metaProperties
                        ? String(value.filter { $0 != "\\" }) : String(value),
                    position: line.position))
        }
        if !found.properties.isEmpty { _ = visitor.visit(properties: found) }
        for problem in problems(of: found) { visitor.report(problem) }
    }

    private func problems(of found: InspectedProperties) -> [Finding] {
        let versions = kind == .partitionMetadata ? ["0"] : ["0", "1"]
        guard let version = found["version"] else { return [missing("version")] }
        guard versions.contains(version.value) else {
            return [
                finding(.badVersion, at: version.position, "version \(version.value) is not known")
            ]
        }
        switch kind {
        case .partitionMetadata:
            return [check("topic_id", in: found, isNeeded: true) { Uuid($0) != nil }]
                .compactMap(\.self)
        case .metaProperties:
            let isOld = version.value == "0"
            return [
                check("cluster.id", in: found, isNeeded: !isOld) { !$0.isEmpty },
                check(isOld ? "broker.id" : "node.id", in: found, isNeeded: !isOld) {
                    Int32($0) ?? -1 >= 0
                },
                check("directory.id", in: found, isNeeded: false) { Uuid($0) != nil },
            ].compactMap(\.self)
        }
    }

    private func check(
        _ name: String, in found: InspectedProperties, isNeeded: Bool,
        _ isRight: (String) -> Bool
    ) -> Finding? {
        guard let property = found[name] else { return isNeeded ? missing(name) : nil }
        guard !isRight(property.value) else { return nil }
        return finding(
            .badLine, at: property.position, "'\(property.value)' cannot be the \(name)")
    }

    private func missing(_ name: String) -> Finding {
        finding(.truncatedFile, at: text.fileBytes, "the file has no \(name)")
    }

    private func finding(_ kind: Finding.Kind, at position: Int, _ message: String) -> Finding {
        Finding(kind, .corruption, path: path, position: position, message)
    }
}
