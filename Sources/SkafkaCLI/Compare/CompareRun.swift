internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords

/// One run of `compare`: reads both topics into a ledger of digests, then, where they differ, once
/// more for the keys' names.
struct CompareRun {
    private let plan: ComparePlan
    private let context: CommandContext
    private let hashing: RecordHashing
    private let screen: ProgressLine

    /// What was read need not be kept, so a signal does not wait long, in ms.
    private static let unwindLimitMs = 1000
    /// Keys' bytes that are held to be named.
    private static let maxNamedBytes = 16 << 20

    init(_ plan: ComparePlan, _ context: CommandContext) {
        self.plan = plan
        self.context = context
        hashing = RecordHashing(rules: plan.rules)
        screen = ProgressLine(context, isShown: !plan.options.quiet)
    }

    /// - Throws: `CommandFailure`, of status `failed` when they differ; `KafkaError`,
    ///   `OutputError`.
    func run() async throws {
        context.interrupts.unwindLimitMs = CompareRun.unwindLimitMs
        let client = try await Session.open(plan.options, plan.settings, in: context).client
        let otherClient =
            plan.isOneCluster
            ? client
            : try await Session.open(plan.otherOptions, plan.otherSettings, in: context).client
        let first = try await TopicScan(plan.topic, plan, client, plan.settings, context)
        let second = try await TopicScan(
            plan.otherTopic, plan, otherClient, plan.otherSettings, context)
        defer { screen.clear() }
        let ledger = KeyLedger(context.environment)
        var report = ComparisonReport(
            first: ComparisonReport.Side(topic: plan.topic),
            second: ComparisonReport.Side(topic: plan.otherTopic))
        report.first.records = try await read(first, plan.topic, .first, ledger)
        report.second.records = try await read(second, plan.otherTopic, .second, ledger)
        let named = try judge(ledger, &report)
        if !named.isEmpty {
            var names = DifferenceNames(
                named, rules: plan.rules, maxBytes: CompareRun.maxNamedBytes)
            try await find(first, .first, &names)
            try await find(second, .second, &names)
            report.differences = names.differences
        }
        screen.clear()
        try report.write(plan.options, context)
        if report.differenceCount > 0 { throw CommandFailure.reported(.failed) }
    }

    /// - Returns: the number of records.
    private func read(
        _ scan: TopicScan, _ name: String, _ side: KeyLedger.Side, _ ledger: KeyLedger
    ) async throws -> Int {
        var records = 0
        let total = max(1, scan.offsetCount)
        try await scan.forEach { record, _ in
            try ledger.add(hashing.fingerprint(of: record), hashing.value(of: record), side)
            records += 1
            if records % 1024 == 0 {
                screen.update { "\(name): \(min(100, Int64(records) * 100 / total))%" }
            }
            return .continue
        }
        return records
    }

    /// Counts keys and differences; gives those that are to be named.
    private func judge(
        _ ledger: KeyLedger, _ report: inout ComparisonReport
    ) throws(CommandFailure) -> [KeyDigest] {
        var named: [KeyDigest] = []
        var (firstKeys, secondKeys) = (0, 0)
        var counts: [DifferenceKind: Int] = [:]
        let (rules, limit) = (plan.rules, plan.maxDifferences)
        try ledger.forEach { digest in
            if !digest.key.isKeyless {
                if digest.isPresent(digest.first, rules) { firstKeys += 1 }
                if digest.isPresent(digest.second, rules) { secondKeys += 1 }
            }
            guard let kind = digest.difference(rules) else { return }
            counts[kind, default: 0] += 1
            if named.count < limit { named.append(digest) }
        }
        report.first.keys = firstKeys
        report.second.keys = secondKeys
        report.counts = counts
        return named
    }

    private func find(
        _ scan: TopicScan, _ side: KeyLedger.Side, _ names: inout DifferenceNames
    ) async throws {
        var found = names
        found.begin(side)
        try await scan.forEach { record, partition in
            if found.isComplete { return .stop }
            screen.update { "looking for the keys that differ" }
            found.add(hashing.fingerprint(of: record), record, partition.partition, side)
            return .continue
        }
        names = found
    }
}
