/// What became of an appended record.
public enum AppendResult: Sendable, Equatable {
    case accepted
    /// The producer's buffer is full and the record was not taken: `waitForRoom`, then append it
    /// again.
    case full
}
