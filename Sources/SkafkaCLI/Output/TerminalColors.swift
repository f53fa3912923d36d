/// Whether and how text on a terminal is coloured: the prompt, and the name before an error.
struct TerminalColors: Equatable, Sendable {
    let isOn: Bool

    /// `--color always` and `never` win; else colours are for terminals that can show them, and not
    /// where `NO_COLOR` (no-color.org) is set.
    init(_ choice: ColorChoice, isTerminal: Bool, environment: [String: String]) {
        switch choice {
        case .always: isOn = true
        case .never: isOn = false
        case .auto:
            isOn =
                isTerminal && environment["NO_COLOR", default: ""].isEmpty
                && environment["TERM"] != "dumb"
        }
    }

    func red(_ text: String) -> String { isOn ? "\u{1B}[1;31m\(text)\u{1B}[0m" : text }
}
