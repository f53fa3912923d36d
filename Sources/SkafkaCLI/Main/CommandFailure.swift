/// Why a command ended without having done all of its work.
///
/// The message becomes one line on standard error: what went wrong; what to do.
struct CommandFailure: Error, Equatable, Sendable {
    var status: ExitStatus
    /// Empty when everything was said already.
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    static func failed(_ message: String) -> CommandFailure { CommandFailure(.failed, message) }
    static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message) }

    /// The exit status alone: the single failures were reported as they came.
    static func reported(_ status: ExitStatus) -> CommandFailure { CommandFailure(status, "") }
}

extension CommandFailure: CustomStringConvertible {
    var description: String { message }
}
