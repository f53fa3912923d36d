/// Why the reading thread of `produce` stops for a while, or for good.
enum ProducePause: Equatable, Sendable {
    /// The producer has no room.
    case full
    /// Reports wait for standard output.
    case unreported
    /// A record is so large that its `RecordLimit` has to be known.
    case unknownLimit
    case ended
}
