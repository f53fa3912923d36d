internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka groups describe`
struct GroupsDescribeCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", _superCommandName: "skafka groups",
        abstract: "Offsets and lag, members or state of groups.",
        usage: "skafka groups describe GROUP… [--members|--state|--offsets] [options]",
        discussion: Help.examples(
            """
            skafka groups describe billing               offsets and lag of each partition
            skafka groups describe billing --members     who reads what
            skafka groups describe --all-groups --state  state, assignor, coordinator
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var groups: GroupArguments

    @Flag(help: "Offsets and lag, which is what it shows by default.")
    var offsets = false

    @Flag(help: "The members, with the partitions that each reads.")
    var members = false

    @Flag(help: "State, protocol, coordinator and the number of members.")
    var state = false

    @Flag(help: "All groups of the cluster.")
    var allGroups = false

    func execute(in context: CommandContext) async throws {
        guard [offsets, members, state].count(where: { $0 }) <= 1 else {
            throw CommandFailure.usage("--offsets, --members and --state exclude each other")
        }
        let names = try groups.required(by: "groups describe", or: allGroups, "--all-groups")
        let session = try await Session.open(global, .load(global), in: context)
        let report = try await GroupReport.load(allGroups ? nil : names, session.client)
        var errors = report.errors
        if !report.groups.isEmpty || errors.isEmpty || global.style == .json {
            if members {
                try context.show(
                    report.groups.flatMap(GroupMemberRow.rows), GroupMemberRow.layout, global.style)
            } else if state {
                try context.show(report.groups, GroupsDescribeCommand.stateLayout, global.style)
            } else {
                let (rows, more) = try await report.offsetRows(session.client)
                errors += more
                try context.show(rows, GroupOffsetRow.layout, global.style)
            }
        }
        if global.style == .human, !global.quiet, !state { tellOfNoMembers(report, context) }
        try await context.complain(of: errors, session.client)
    }

    private func tellOfNoMembers(_ report: GroupReport, _ context: CommandContext) {
        for group in report.groups where group.members.isEmpty {
            context.note("group \(group.groupID) has no members")
        }
    }

    private static var stateLayout: RowLayout<GroupDescription> {
        RowLayout(columns: [
            .text("GROUP", "group") { .text($0.groupID) },
            .number("COORDINATOR", "coordinator") { .int($0.coordinator) },
            .text("TYPE", "type") { .text($0.type.rawValue) },
            .text("ASSIGNMENT-STRATEGY", "assignmentStrategy") { .text($0.assignor) },
            .text("STATE", "state") { .text($0.state.rawValue) },
            .number("#MEMBERS", "members") { .int($0.members.count) },
            .number(nil, "groupEpoch") { .optional($0.groupEpoch) },
            .number(nil, "assignmentEpoch") { .optional($0.assignmentEpoch) },
        ])
    }
}
