/// How a command shows its result.
enum OutputStyle: Sendable {
    /// Tables for people; may change.
    case human
    /// One JSON document (JSON Lines where a command streams); stable.
    case json
    /// Rows without header, tabs between cells, `-` for an empty cell; stable.
    case plain
}
