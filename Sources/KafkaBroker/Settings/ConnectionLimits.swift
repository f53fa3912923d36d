import KafkaBase

/// How many connections an address may have open at once (`max.connections.per.ip` and
/// `max.connections.per.ip.overrides`).
struct ConnectionLimits: Sendable, Equatable {
    private let ofEach: Int
    /// By address, in its canonical form.
    private let ofSome: [String: Int]

    /// - Parameter value: gives a setting's value, which its definition has found valid.
    init(_ value: (String) -> String) {
        ofEach = Int(value("max.connections.per.ip")) ?? .max
        ofSome = ConnectionLimits.overrides(value("max.connections.per.ip.overrides")) ?? [:]
    }

    /// - Parameter address: in its canonical form.
    func limit(of address: String) -> Int { ofSome[address] ?? ofEach }

    /// The limits in a list like `127.0.0.1:5,::1:7`; nil where it is none. Names are none: to look
    /// one up could take long.
    static func overrides(_ text: String) -> [String: Int]? {
        var limits: [String: Int] = [:]
        for element in SettingDefinition.elements(of: text) {
            guard let colon = element.lastIndex(of: ":"),
                let address = IPAddress.canonical(String(element[..<colon]).trimmingBlanks()),
                let limit = Int32(String(element[element.index(after: colon)...]).trimmingBlanks()),
                limit >= 0
            else { return nil }
            limits[address] = Int(limit)
        }
        return limits
    }
}
