internal import ArgumentParser
internal import KafkaSecurity

/// For which mechanisms a password is set, and how.
struct CredentialOptions: ParsableArguments {
    /// What a broker takes (Kafka's `ScramMechanism`).
    private static let iterationLimits = 4096...16_384
    static let usualIterations = 4096

    @OptionGroup var mechanisms: MechanismOptions

    @Option(
        help: ArgumentHelp(
            "How often the password is hashed: 4096 to 16384.", valueName: "number"))
    var iterations: Int?

    /// - Throws: `CommandFailure` of status `usage`.
    func checkedIterations() throws(CommandFailure) -> Int? {
        guard let iterations else { return nil }
        guard Self.iterationLimits.contains(iterations) else {
            throw .usage(
                "\(iterations) iterations; brokers take \(Self.iterationLimits.lowerBound) to "
                    + "\(Self.iterationLimits.upperBound)")
        }
        return iterations
    }
}

/// `--mechanism`
struct MechanismOptions: ParsableArguments {
    static let all: [SaslMechanism] = [.scramSha256, .scramSha512]

    @Option(
        name: [.customShort("m", allowingJoined: true), .customLong("mechanism")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "SCRAM-SHA-256 or SCRAM-SHA-512, or both with a comma.", valueName: "name,…"),
        completion: .list(["SCRAM-SHA-256", "SCRAM-SHA-512"]))
    var names: [String] = []

    /// - Returns: nil when none is named.
    /// - Throws: `CommandFailure` of status `usage`.
    func chosen() throws(CommandFailure) -> [SaslMechanism]? {
        var chosen: [SaslMechanism] = []
        for name in names.flatMap({ $0.split(separator: ",") }) {
            guard let mechanism = Self.all.first(where: { $0.rawValue == name.uppercased() }) else {
                throw .usage(
                    "'\(name)' is no SCRAM mechanism; write SCRAM-SHA-256 or SCRAM-SHA-512")
            }
            chosen.append(mechanism)
        }
        return chosen.isEmpty ? nil : Self.all.filter(chosen.contains)
    }
}
