internal import KafkaRecords

/// A row of a text checkpoint.
public struct InspectedCheckpointRow: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        case epoch(Int32, startOffset: Int64)
        case offset(topic: String, partition: Int32, offset: Int64)
    }

    /// Counted from 0.
    public var number: Int
    public var content: Content
}

/// Reads one text checkpoint (Kafka's `CheckpointFile`): `leader-epoch-checkpoint` or one of the
/// offset checkpoints of a log directory. Hands its rows to a visitor and tells what is wrong.
///
/// Owns the file's lines, which are limited. One owner, on any one thread; `init` blocks on the
/// disk.
public struct CheckpointInspection {
    public enum Kind: Sendable {
        /// `epoch startOffset`
        case leaderEpochs
        /// `topic partition offset`
        case offsets
    }

    public let path: String
    public let kind: Kind
    /// Set by the visitor's wish to stop.
    public private(set) var wasStopped = false

    private let text: TextLines
    /// Of the row before.
    private var epoch: (Int32, startOffset: Int64)?
    private var partitions: Set<String> = []

    public init(
        path: String, kind: Kind, on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        text = try TextLines(path: path, on: disk)
        self.path = path
        self.kind = kind
    }

    public mutating func run(_ visitor: inout some InspectionVisitor) {
        guard text.lines.count >= 2 else {
            return visitor.report(
                finding(.truncatedFile, at: text.fileBytes, "the file ends inside its header"))
        }
        let (version, count) = (text.lines[0], text.lines[1])
        guard version.text == "0" else {
            return visitor.report(
                finding(.badVersion, at: version.position, "version \(version.text) is not known"))
        }
        let announced = Int(count.text)
        if announced == nil || announced ?? 0 < 0 {
            visitor.report(
                finding(.badLine, at: count.position, "'\(count.text)' is no number of rows"))
        }
        for (number, line) in text.lines.dropFirst(2).enumerated() {
            guard let content = content(of: line) else {
                visitor.report(finding(.badLine, at: line.position, "'\(line.text)' is no row"))
                continue
            }
            let row = InspectedCheckpointRow(number: number, content: content)
            if visitor.visit(checkpointRow: row) == .stop {
                wasStopped = true
                return
            }
            if let problem = check(content) {
                visitor.report(finding(.entryOrder, at: line.position, problem))
            }
        }
        if let announced { checkCount(announced, &visitor) }
    }

    private func finding(_ kind: Finding.Kind, at position: Int, _ message: String) -> Finding {
        Finding(kind, .corruption, path: path, position: position, message)
    }

    private func checkCount(_ announced: Int, _ visitor: inout some InspectionVisitor) {
        let count = text.lines.count - 2
        guard announced >= 0, announced != count else { return }
        var finding =
            announced > count
            ? finding(
                .truncatedFile, at: text.fileBytes, "\(count) rows of \(announced) are there")
            : finding(
                .trailingBytes, at: text.lines[announced + 2].position,
                "\(count) rows where \(announced) are announced")
        finding.stored = Int64(announced)
        finding.expected = Int64(count)
        visitor.report(finding)
    }

    private func content(of line: TextLines.Line) -> InspectedCheckpointRow.Content? {
        let fields = line.fields
        switch kind {
        case .leaderEpochs:
            guard fields.count == 2, let epoch = Int32(fields[0]), let offset = Int64(fields[1]),
                epoch >= 0, offset >= 0
            else { return nil }
            return .epoch(epoch, startOffset: offset)
        case .offsets:
            guard fields.count == 3, let partition = Int32(fields[1]),
                let offset = Int64(fields[2]), partition >= 0, offset >= 0
            else { return nil }
            return .offset(topic: String(fields[0]), partition: partition, offset: offset)
        }
    }

    /// Epochs rise and so do their offsets; a partition has one row.
    private mutating func check(_ content: InspectedCheckpointRow.Content) -> String? {
        switch content {
        case .epoch(let epoch, let startOffset):
            defer { self.epoch = (epoch, startOffset) }
            guard let previous = self.epoch else { return nil }
            if epoch <= previous.0 { return "epoch \(epoch) follows \(previous.0)" }
            return startOffset < previous.startOffset
                ? "start offset \(startOffset) follows \(previous.startOffset)" : nil
        case .offset(let topic, let partition, _):
            let isNew = partitions.insert("\(topic)-\(partition)").inserted
            return isNew ? nil : "\(topic)-\(partition) has a row already"
        }
    }
}
