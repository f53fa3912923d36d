/// A topic's setting as `-c` has it.
enum TopicSetting {
    /// - Parameter text: `NAME=VALUE`; the value may be empty.
    /// - Throws: `CommandFailure` of status `usage`.
    static func parse(_ text: String) throws(CommandFailure) -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw .usage("'\(text)' is no setting; write -c name=value")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
