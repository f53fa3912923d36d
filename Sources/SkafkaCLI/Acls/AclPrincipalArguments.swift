internal import ArgumentParser

/// Who may, or may not, do what: the options of kafka-acls.
struct AclPrincipalArguments: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Who is allowed, as User:NAME or User:*; repeatable.", valueName: "who"))
    var allowPrincipal: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Who is denied, whatever is allowed; repeatable.", valueName: "who"))
    var denyPrincipal: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "An address that is allowed, * for all (the default); repeatable.",
            valueName: "address"))
    var allowHost: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "An address that is denied, * for all (the default); repeatable.",
            valueName: "address"))
    var denyHost: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "read, write, create, delete, alter, describe, cluster-action, describe-configs, "
                + "alter-configs, idempotent-write, …, or all (the default); repeatable.",
            valueName: "operation"))
    var operation: [String] = []

    @Flag(help: "What a producer needs of its topics and transactional ids.")
    var producer = false

    @Flag(help: "What a consumer needs of its topics and groups.")
    var consumer = false

    @Flag(help: "With --producer: to write idempotently, which older brokers ask for.")
    var idempotent = false
}
