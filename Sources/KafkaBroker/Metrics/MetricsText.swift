import KafkaBase
import NIOCore

/// Writes metrics in Prometheus' text format, version 0.0.4: a family's help and type, then all of
/// its samples.
///
/// A value; grows with what is written into it.
struct MetricsText {
    /// The raw values are the format's own words.
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// Labels of a sample, written once and used for many. Without braces.
    struct Labels: Sendable {
        fileprivate var text = ""

        init(_ labels: KeyValuePairs<StaticString, String>) {
            for (name, value) in labels {
                if !text.isEmpty { text += "," }
                text += "\(name)=\"\(Labels.escape(value))\""
            }
        }

        /// Group ids and client's names may hold anything.
        private static func escape(_ value: String) -> String {
            guard value.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C || $0 == 0x0A }) else {
                return value
            }
            var escaped = ""
            for scalar in value.unicodeScalars {
                switch scalar {
                case "\\": escaped += "\\\\"
                case "\"": escaped += "\\\""
                case "\n": escaped += "\\n"
                default: escaped.unicodeScalars.append(scalar)
                }
            }
            return escaped
        }
    }

    /// A number with some of its digits behind the point, so that none is lost.
    struct Value {
        var number: Int
        var decimals = 0

        init(_ number: Int) { self.number = number }
        init(_ number: Int64) { self.number = Int(number) }

        private init(_ number: Int, decimals: Int) {
            self.number = number
            self.decimals = decimals
        }

        /// In seconds.
        static func microseconds(_ number: Int) -> Value { Value(number, decimals: 6) }
        static func milliseconds(_ number: Int64) -> Value { Value(Int(number), decimals: 3) }
    }

    /// What a histogram's whole numbers stand for.
    enum Unit {
        case bytes
        /// Counted in microseconds, told in seconds.
        case seconds

        func value(_ number: Int) -> Value {
            self == .bytes ? Value(number) : .microseconds(number)
        }
    }

    private(set) var buffer: ByteBuffer
    private var family: StaticString = ""

    init() {
        buffer = ByteBufferAllocator().buffer(capacity: 64 << 10)
    }

    /// Begins a family.
    mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        family = name
        write("# HELP ", name, " ", help)
        write("\n# TYPE ", name, " ")
        buffer.writeString(kind.rawValue)
        write("\n")
    }

    mutating func sample(_ value: Value, _ labels: Labels = Labels([:])) {
        sample(suffix: "", labels.text, value)
    }

    /// A family of one sample without labels; nothing where there is no value.
    mutating func single(
        _ name: StaticString, _ kind: Kind, _ help: StaticString, _ value: Value?
    ) {
        guard let value else { return }
        family(name, kind, help)
        sample(value)
    }

    mutating func histogram(_ histogram: Histogram, _ unit: Unit, _ labels: Labels = Labels([:])) {
        let prefix = labels.text.isEmpty ? "" : labels.text + ","
        var count = 0
        for (bound, own) in zip(histogram.bounds, histogram.counts) {
            count += own
            let le = MetricsText.decimal(unit.value(bound))
            sample(suffix: "_bucket", "\(prefix)le=\"\(le)\"", Value(count))
        }
        sample(suffix: "_bucket", "\(prefix)le=\"+Inf\"", Value(histogram.count))
        sample(suffix: "_sum", labels.text, unit.value(histogram.sum))
        sample(suffix: "_count", labels.text, Value(histogram.count))
    }

    private mutating func sample(suffix: StaticString, _ labels: String, _ value: Value) {
        write(family, suffix)
        if !labels.isEmpty {
            write("{")
            buffer.writeString(labels)
            write("}")
        }
        write(" ")
        buffer.writeString(MetricsText.decimal(value))
        write("\n")
    }

    private mutating func write(_ texts: StaticString...) {
        for text in texts { buffer.writeStaticString(text) }
    }

    /// `0.00025`, without zeros at the end.
    private static func decimal(_ value: Value) -> String {
        guard value.decimals > 0 else { return String(value.number) }
        let digits = String(value.number.magnitude)
        let zeros = String(repeating: "0", count: max(0, value.decimals + 1 - digits.count))
        let padded = zeros + digits
        let whole = padded.dropLast(value.decimals)
        var fraction = padded.suffix(value.decimals)
        while fraction.last == "0" { fraction.removeLast() }
        let sign = value.number < 0 ? "-" : ""
        return fraction.isEmpty ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
    }
}
