/// How a command ended, as scripts see it.
public enum ExitStatus: Equatable, Sendable {
    case done
    /// In whole or for any single item.
    case failed
    /// The command line was not understood.
    case usage
    /// Could not connect, authenticate or get an answer in time.
    case unreachable
    /// Corrupt data was found.
    case corrupt
    /// Ended by a signal: 128 and its number.
    case signal(Int32)
    /// What another program, run by `skafka broker -- COMMAND`, ended with.
    case other(Int32)

    /// The process's exit code.
    public var code: Int32 {
        switch self {
        case .done: 0
        case .failed: 1
        case .usage: 2
        case .unreachable: 3
        case .corrupt: 4
        case .signal(let number): 128 + number
        case .other(let code): code
        }
    }
}
