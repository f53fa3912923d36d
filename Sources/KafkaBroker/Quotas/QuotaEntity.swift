/// Whom a quota is for (KIP-546): a user, a client id, both together, or an address; each by name
/// or as the default for those that have none of their own.
struct QuotaEntity: Hashable, Sendable {
    enum Name: Hashable, Sendable {
        case standard
        case named(String)
    }

    /// With the names of the protocol.
    enum Part: String, CaseIterable {
        case clientID = "client-id"
        case ip
        case user
    }

    var user: Name?
    var clientID: Name?
    var ip: Name?

    subscript(part: Part) -> Name? {
        get {
            switch part {
            case .clientID: clientID
            case .ip: ip
            case .user: user
            }
        }
        set {
            switch part {
            case .clientID: clientID = newValue
            case .ip: ip = newValue
            case .user: user = newValue
            }
        }
    }

    /// The parts that it has, by their names.
    var parts: [(part: Part, name: Name)] {
        Part.allCases.compactMap { part in self[part].map { (part, $0) } }
    }
}

extension QuotaEntity: CustomStringConvertible {
    var description: String {
        parts.map { "\($0.part.rawValue) \($0.name.text ?? "<default>")" }
            .joined(separator: ", ")
    }
}

extension QuotaEntity.Name {
    /// Nil for the default, as in the protocol.
    var text: String? {
        switch self {
        case .standard: nil
        case .named(let name): name
        }
    }

    init(_ text: String?) { self = text.map { .named($0) } ?? .standard }
}

/// What is limited, with the names of the protocol (Kafka's `QuotaConfig`).
enum QuotaKey: String, CaseIterable, Sendable {
    /// Bytes per second of Produce requests and of Fetch responses.
    case producerByteRate = "producer_byte_rate"
    case consumerByteRate = "consumer_byte_rate"
    /// Share of one thread's time (KIP-124).
    case requestPercentage = "request_percentage"
    /// Partitions per second that are made or deleted (KIP-599).
    case controllerMutationRate = "controller_mutation_rate"
    /// Connections per second from an address (KIP-612).
    case connectionCreationRate = "connection_creation_rate"

    /// Whether it is an address's; all others are a user's or client's.
    var isForIP: Bool { self == .connectionCreationRate }

    /// The largest value, for those that are whole numbers.
    fileprivate var integerLimit: (type: String, largest: Double)? {
        switch self {
        case .producerByteRate, .consumerByteRate: ("LONG", Double(Int64.max))
        case .connectionCreationRate: ("INT", Double(Int32.max))
        case .requestPercentage, .controllerMutationRate: nil
        }
    }

    /// Why a value is none; nil when it is one (Kafka's
    /// `ClientQuotaControlManager.validateQuotaKeyValue`).
    func problem(_ value: Double) -> String? {
        guard value > 0 else { return "Quota \(rawValue) must be greater than 0" }
        guard let limit = integerLimit else { return nil }
        if value > limit.largest {
            let article = limit.type == "INT" ? "an" : "a"
            return "Proposed value for \(rawValue) is too large for \(article) \(limit.type)."
        }
        let fraction = value.truncatingRemainder(dividingBy: 1)
        return fraction > 1e-6 ? "\(rawValue) cannot be a fractional value." : nil
    }
}
