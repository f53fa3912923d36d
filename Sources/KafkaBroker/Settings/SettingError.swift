/// Why a setting was not taken.
public enum SettingError: Error, Equatable, Sendable {
    /// No such setting; `nearest` is the most similar name there is, if any is similar.
    case unknown(name: String, nearest: String?)
    case invalidValue(name: String, value: String, reason: String)
}

extension SettingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknown(let name, let nearest?):
            "unknown setting \(name); did you mean \(nearest)?"
        case .unknown(let name, nil): "unknown setting \(name)"
        case .invalidValue(let name, let value, let reason):
            "Invalid value \(value) for configuration \(name): \(reason)"
        }
    }
}
