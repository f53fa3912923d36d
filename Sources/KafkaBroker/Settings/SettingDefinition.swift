/// A setting with Kafka's name: its type, its default and what it may hold.
///
/// The definitions are the one list from which parsing, DescribeConfigs and the man page come.
public struct SettingDefinition: Sendable {
    /// The types of `DescribeConfigs`, with their numbers on the wire.
    public enum ValueType: Int8, Sendable {
        case boolean = 1
        case string = 2
        case int = 3
        case short = 4
        case long = 5
        case double = 6
        case list = 7
        case `class` = 8
        case password = 9
    }

    /// What a value of the right type must still satisfy.
    public enum Constraint: Sendable {
        case none
        case atLeast(Int64)
        case range(ClosedRange<Int64>)
        case fraction
        /// One of these words; for a list, each of its elements.
        case oneOf([String])
        /// The list holds pairs of a partition and a broker, or `*` alone.
        case throttledReplicas
        /// Pairs of an address and a number of connections.
        case connectionOverrides
    }

    public let name: String
    public let type: ValueType
    /// Kafka's default unless the documentation says otherwise; nil where there is none.
    public let defaultValue: String?
    public let constraint: Constraint
    /// The broker's settings a topic's setting comes from when the topic has none, the strongest
    /// first. Empty for the broker's own settings without another name.
    public let synonyms: [String]
    /// One line for the manual, with the unit where the name does not say it.
    public let documentation: String

    init(
        _ name: String, _ type: ValueType, _ defaultValue: String?,
        _ constraint: Constraint = .none,
        synonyms: [String] = [], _ documentation: String
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.constraint = constraint
        self.synonyms = synonyms
        self.documentation = documentation
    }

    /// Whether DescribeConfigs must not show the value.
    public var isSensitive: Bool { type == .password }

    /// The elements of a list's value.
    static func elements(of value: String) -> [String] {
        value.split(separator: ",").map { String($0).trimmingBlanks() }
    }

    /// Checks a value and gives the form in which it is kept (blanks around it removed).
    ///
    /// - Throws: `SettingError.invalidValue` with the reason.
    func validated(_ text: String) throws(SettingError) -> String {
        let value = text.trimmingBlanks()
        switch type {
        case .boolean:
            guard ["true", "false"].contains(value.lowercased()) else {
                throw invalid(value, "Expected value to be either true or false")
            }
            return value.lowercased()
        case .int: try check(value, number: Int32(value).map(Int64.init))
        case .short: try check(value, number: Int16(value).map(Int64.init))
        case .long: try check(value, number: Int64(value))
        case .double: try check(value, fraction: Double(value))
        case .list:
            // An empty list is one too.
            let elements = SettingDefinition.elements(of: value)
            for element in elements { try check(word: element) }
            try check(value, replicas: elements)
        case .string, .class, .password:
            try check(word: value)
            if case .connectionOverrides = constraint, ConnectionLimits.overrides(value) == nil {
                throw invalid(value, "Must be a list of IP addresses with a number: 127.0.0.1:5")
            }
        }
        return value
    }

    private func check(_ value: String, number: Int64?) throws(SettingError) {
        guard let number else {
            throw invalid(value, "Not a number of type \("\(type)".uppercased())")
        }
        switch constraint {
        case .atLeast(let least) where number < least: throw invalid(value, atLeast: least)
        case .range(let range) where number < range.lowerBound:
            throw invalid(value, atLeast: range.lowerBound)
        case .range(let range) where number > range.upperBound:
            throw invalid(value, "Value must be no more than \(range.upperBound)")
        default: return
        }
    }

    private func check(_ value: String, fraction: Double?) throws(SettingError) {
        guard let fraction, fraction.isFinite else {
            throw invalid(value, "Not a number of type DOUBLE")
        }
        guard case .fraction = constraint else { return }
        if fraction < 0 { throw invalid(value, atLeast: 0) }
        if fraction > 1 { throw invalid(value, "Value must be no more than 1") }
    }

    private func check(word: String) throws(SettingError) {
        guard case .oneOf(let words) = constraint, !words.contains(word) else { return }
        throw invalid(word, "String must be one of: \(words.joined(separator: ", "))")
    }

    private func check(_ value: String, replicas: [String]) throws(SettingError) {
        guard case .throttledReplicas = constraint, replicas != ["*"] else { return }
        let arePairs = replicas.allSatisfy { replica in
            let numbers = replica.split(separator: ":", omittingEmptySubsequences: false)
            return numbers.count == 2 && numbers.allSatisfy { UInt32($0) != nil }
        }
        guard arePairs else {
            throw invalid(
                value,
                "\(name) must be the literal '*' or a list of replicas in the following format: "
                    + "[partitionId]:[brokerId],[partitionId]:[brokerId],...")
        }
    }

    private func invalid(_ value: String, atLeast least: Int64) -> SettingError {
        invalid(value, "Value must be at least \(least)")
    }

    private func invalid(_ value: String, _ reason: String) -> SettingError {
        .invalidValue(name: name, value: value, reason: reason)
    }
}

extension String {
    func trimmingBlanks() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(start[...last])
    }
}
