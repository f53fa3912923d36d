internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka offsets reset`
struct OffsetsResetCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", _superCommandName: "skafka offsets",
        abstract: "Send a group back or on.",
        usage: "skafka offsets reset GROUP… (--topic T…|--all-topics) --to-… [--execute]",
        discussion: Help.examples(
            """
            skafka offsets reset billing --topic orders --to-earliest            the plan alone
            skafka offsets reset billing --topic orders --to-earliest --execute
            skafka offsets reset billing --topic orders:0,1 --shift-by -100 --execute
            skafka offsets reset billing --all-topics --by-duration 90m --execute
            skafka offsets reset billing --all-topics --to-current --export >plan.csv
            skafka offsets reset billing --from-file plan.csv --execute
            skafka offsets reset audit --all-topics --to-group billing --execute
            """,
            """
            The plan is shown; --execute carries it out. A group with members is left alone: stop \
            them first. Offsets outside of what a log holds are moved to its start or end.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var groups: GroupArguments

    @OptionGroup var topics: TopicChoiceArguments

    @Flag(help: "All topics that the group has offsets of.")
    var allTopics = false

    @Flag(help: "All groups of the cluster.")
    var allGroups = false

    @Flag(help: "To the first record that is there.")
    var toEarliest = false

    @Flag(help: "To the end.")
    var toLatest = false

    @Flag(help: "Where it stands; the end where it stands nowhere.")
    var toCurrent = false

    @Option(parsing: .unconditional, help: ArgumentHelp("To this offset.", valueName: "n"))
    var toOffset: Int64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("So many on, or back where it is negative.", valueName: "n"))
    var shiftBy: Int64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "To the first record since: RFC 3339, a date, ms, -90m.", valueName: "time"))
    var toDatetime: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "To the first record of so long a time until now: 90m, 2d, PT1H.",
            valueName: "duration"))
    var byDuration: String?

    @Option(
        help: ArgumentHelp("To what --export wrote; - is standard input.", valueName: "csv"),
        completion: .file())
    var fromFile: String?

    @Option(
        help: ArgumentHelp("To where another group stands.", valueName: "group"),
        completion: .groups)
    var toGroup: String?

    @Flag(name: .customLong("execute"), help: "Carry the plan out.")
    var acts = false

    @Flag(help: "Only show the plan, which is what it does by default.")
    var dryRun = false

    @Flag(help: "Print the plan as CSV, for --from-file or Kafka's own tool.")
    var export = false

    func execute(in context: CommandContext) async throws {
        guard !acts || !dryRun else {
            throw CommandFailure.usage("--execute and --dry-run exclude each other")
        }
        guard !export || global.style == .human else {
            throw CommandFailure.usage("--export prints CSV; leave --json and --plain away")
        }
        var names = try groups.required(by: "offsets reset", or: allGroups, "--all-groups")
        let target = try target(context)
        let scope = try ResetScope(topics: topics.choices(), all: allTopics, target: target)
        let session = try await Session.open(global, .load(global), in: context)
        if allGroups {
            let listed = try await session.client.listGroups()
            try await context.complain(of: Array(listed.failures.values), session.client)
            // While a group moves, two brokers may have it.
            names = Set(listed.groups.map(\.groupID)).sorted()
        }
        try await refuseLiveGroups(names, target, scope, session.client, context)
        var plan = ResetPlan()
        for name in names {
            try await plan.load(.init(group: name, target: target, scope: scope), session.client)
        }
        if !global.quiet { for warning in plan.warnings { context.complain(warning) } }
        // Half a reset is worse than none.
        if acts, plan.failures.isEmpty { try await plan.carryOut(session.client) }
        try show(plan, names, context)
        try context.complain(of: plan.failures)
    }

    private func target(_ context: CommandContext) throws(CommandFailure) -> ResetTarget {
        let words = ResetTarget.Words(
            earliest: toEarliest, latest: toLatest, current: toCurrent, offset: toOffset,
            shift: shiftBy, dateTime: toDatetime, duration: byDuration, file: fromFile,
            group: toGroup)
        return try ResetTarget(words, nowMs: context.clock.nowMs) {
            path throws(CommandFailure) in
            do throws(FileContents.Failure) {
                let bytes = try FileContents.read(
                    path == "-" ? "/dev/stdin" : path, maxBytes: OffsetsResetCommand.maxFileBytes)
                return String(decoding: bytes, as: UTF8.self)
            } catch {
                throw .failed("cannot read \(path): \(error.reason)")
            }
        }
    }

    /// Of a plan, in bytes.
    private static let maxFileBytes = 64 << 20

    /// - Throws: `CommandFailure` when any group is in use, or needed but not there.
    private func refuseLiveGroups(
        _ names: [String], _ target: ResetTarget, _ scope: ResetScope, _ client: KafkaClient,
        _ context: CommandContext
    ) async throws {
        let found = try await client.describeGroups(names)
        var failures: [CommandFailure] = []
        for name in names {
            switch found[name] {
            case .success(let group)? where group.hasMembers:
                failures.append(
                    .failed(
                        "group \(name) is in use: \(LiveMembers.text(group)); stop them first"))
            case .failure(let error)? where error.kind == .unknownGroup(name):
                // Sent to a place of its own, a group comes to be by its offsets.
                if target.needsCommitted || (scope == .all && !target.bringsTopics) {
                    failures += await NameHints.failures([error], client)
                } else if !global.quiet {
                    context.complain(
                        "group \(name) is not there yet"
                            + (acts ? "; its offsets make it" : "; --execute makes it"))
                }
            // A broker that cannot describe groups refuses by itself.
            case .failure(let error)? where error.kind == .unsupported: continue
            case .failure(let error)?: failures.append(CommandFailure(error))
            case .success?, nil: continue
            }
        }
        try context.complain(of: failures)
    }

    private func show(
        _ plan: ResetPlan, _ names: [String], _ context: CommandContext
    ) throws {
        if export {
            let output = context.makeOutput()
            OffsetCSV.append(plan.csvRows(withGroup: allGroups || names.count > 1), to: output)
            try output.flush()
        } else if !plan.rows.isEmpty || plan.failures.isEmpty || global.style == .json {
            try context.show(plan.rows, ResetPlan.layout, global.style)
        }
        guard !global.quiet else { return }
        if acts, !plan.failures.isEmpty {
            context.complain(plan.isCarriedOut ? "not all was changed" : "nothing was changed")
        } else if !acts, !export, plan.failures.isEmpty {
            context.note("nothing was changed; --execute does it")
        }
    }
}

extension ResetTarget {
    /// Whether it says by itself which topics it is about.
    fileprivate var bringsTopics: Bool {
        switch self {
        case .file, .group: true
        default: false
        }
    }
}

extension ResetPlan {
    /// Sets the offsets; rows that were refused become failures.
    ///
    /// - Throws: `KafkaError` when no broker answers.
    fileprivate mutating func carryOut(_ client: KafkaClient) async throws {
        isCarriedOut = true
        let byGroup = Dictionary(grouping: rows, by: \.group).sorted { $0.key < $1.key }
        for (group, planned) in byGroup {
            let results = try await client.alterGroupOffsets(
                group,
                Dictionary(
                    uniqueKeysWithValues: planned.map {
                        ($0.partition, OffsetAndMetadata(offset: $0.newOffset))
                    }))
            for row in planned {
                guard let error = results[row.partition] ?? nil else { continue }
                failures.append(CommandFailure(error))
                rows.removeAll { $0.group == group && $0.partition == row.partition }
            }
        }
    }
}
