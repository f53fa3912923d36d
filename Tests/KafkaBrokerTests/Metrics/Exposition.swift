/// Reads Prometheus' text format 0.0.4, and takes nothing that is not right.
struct Exposition {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Family {
        var name: String
        var help: String
        var type = ""
        var samples: [Sample] = []
    }

    struct Sample {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    private(set) var families: [String: Family] = [:]
    private var current: String?
    private var series: Set<String> = []

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Failure(description: "no newline at the end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            do {
                try read(line)
            } catch let failure as Failure {
                throw Failure(description: "\(line): \(failure.description)")
            }
        }
        for family in families.values { try check(family) }
    }

    /// The one sample with these labels and no others.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples(name).first { $0.labels == labels }?.value
    }

    func samples(_ name: String) -> [Sample] {
        families.values.flatMap(\.samples).filter { $0.name == name }
    }

    // MARK: Lines

    private mutating func read(_ line: Substring) throws {
        if line.hasPrefix("# HELP ") {
            let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1)
            let name = String(parts[0])
            try check(name: name)
            guard families[name] == nil else { throw Failure(description: "a family twice") }
            guard parts.count == 2 else { throw Failure(description: "no help") }
            families[name] = Family(name: name, help: String(parts[1]))
            current = name
        } else if line.hasPrefix("# TYPE ") {
            let parts = line.dropFirst(7).split(separator: " ")
            guard parts.count == 2, String(parts[0]) == current,
                families[String(parts[0])]?.type == "",
                ["counter", "gauge", "histogram"].contains(parts[1])
            else { throw Failure(description: "not the type of the family in front") }
            families[String(parts[0])]?.type = String(parts[1])
        } else {
            let sample = try sample(line)
            guard let current, let family = families[current], !family.type.isEmpty else {
                throw Failure(description: "a sample of no family")
            }
            let suffixes = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
            guard suffixes.contains(where: { sample.name == current + $0 }) else {
                throw Failure(description: "a sample of another family than \(current)")
            }
            let labels = sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            guard series.insert("\(sample.name) \(labels)").inserted else {
                throw Failure(description: "a series twice")
            }
            families[current]?.samples.append(sample)
        }
    }

    private func sample(_ line: Substring) throws -> Sample {
        let name = line.prefix { $0 != "{" && $0 != " " }
        try check(name: String(name))
        var rest = line[name.endIndex...]
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            while rest.first != "}" {
                let (label, value) = try takeLabel(&rest)
                guard labels.updateValue(value, forKey: label) == nil else {
                    throw Failure(description: "a label twice")
                }
                if rest.first == "," { rest.removeFirst() }
            }
            rest.removeFirst()
        }
        guard rest.first == " ", let value = Double(rest.dropFirst()) else {
            throw Failure(description: "no value")
        }
        return Sample(name: String(name), labels: labels, value: value)
    }

    private func takeLabel(_ rest: inout Substring) throws -> (String, String) {
        let name = String(rest.prefix { $0 != "=" })
        try check(name: name)
        rest = rest.dropFirst(name.count)
        guard rest.hasPrefix("=\"") else { throw Failure(description: "no value of \(name)") }
        rest = rest.dropFirst(2)
        var value = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return (name, value)
            case "\\":
                switch rest.popFirst() {
                case "n": value.append("\n")
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                default: throw Failure(description: "an escape that is none")
                }
            default: value.append(character)
            }
        }
        throw Failure(description: "a label's value without end")
    }

    private func check(name: String) throws {
        let letters = "abcdefghijklmnopqrstuvwxyz_"
        guard let first = name.first, letters.contains(first),
            name.allSatisfy({ (letters + "0123456789").contains($0) })
        else { throw Failure(description: "'\(name)' is no name") }
    }

    // MARK: Families

    private func check(_ family: Family) throws {
        guard !family.type.isEmpty else { throw Failure(description: "\(family.name): no type") }
        guard (family.type == "counter") == family.name.hasSuffix("_total") else {
            throw Failure(description: "\(family.name): a counter ends with _total, others do not")
        }
        if family.type == "counter", family.samples.contains(where: { $0.value < 0 }) {
            throw Failure(description: "\(family.name): a counter below zero")
        }
        guard family.type == "histogram" else { return }
        let groups = Dictionary(grouping: family.samples) { $0.labels.filter { $0.key != "le" } }
        for (labels, samples) in groups {
            let buckets = samples.filter { $0.name.hasSuffix("_bucket") }
            let bounds = buckets.map { $0.labels["le"] ?? "" }
            let numbers = bounds.compactMap { $0 == "+Inf" ? .infinity : Double($0) }
            guard bounds.last == "+Inf", numbers.count == bounds.count,
                zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }),
                zip(buckets, buckets.dropFirst()).allSatisfy({ $0.value <= $1.value }),
                samples.filter({ $0.name.hasSuffix("_sum") }).count == 1,
                samples.first(where: { $0.name.hasSuffix("_count") })?.value == buckets.last?.value
            else { throw Failure(description: "\(family.name) \(labels): no histogram") }
        }
    }
}
