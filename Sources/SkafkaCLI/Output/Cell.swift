/// One value of a row, in each of the output's styles.
enum Cell: Equatable, Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case bool(Bool)
    /// `a,b` in a row, an array in JSON; an empty one is empty in both.
    case list([Cell])
    /// `-` in a row, null in JSON.
    case missing

    static func int(_ value: some BinaryInteger) -> Cell { .integer(Int64(value)) }

    static func optional(_ value: (some BinaryInteger)?) -> Cell {
        value.map { .int($0) } ?? .missing
    }

    static func optional(_ value: String?) -> Cell { value.map { .text($0) } ?? .missing }

    /// As it stands in a row; `Table` puts `-` for an empty one.
    var text: String {
        switch self {
        case .text(let text): text
        case .integer(let value): "\(value)"
        case .number(let value): Cell.decimal(value)
        case .bool(let value): value ? "true" : "false"
        case .list(let cells): cells.map(\.text).joined(separator: ",")
        case .missing: ""
        }
    }

    func append(to json: inout JSONWriter) {
        switch self {
        case .text(let text): json.string(text)
        case .integer(let value): json.integer(value)
        case .number(let value):
            let text = Cell.decimal(value)
            json.value { $0.append(text) }
        case .bool(let value): json.bool(value)
        case .list(let cells):
            json.beginArray()
            for cell in cells { cell.append(to: &json) }
            json.endArray()
        case .missing: json.null()
        }
    }

    /// Whole numbers without a fraction.
    private static func decimal(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
