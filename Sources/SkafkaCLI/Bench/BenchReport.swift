/// What a benchmark measured, in the three forms of output.
struct BenchReport {
    struct Latency {
        /// In `--json` and `--plain`.
        var name: StaticString
        /// In tables.
        var title: String
        var histogram: LatencyHistogram
    }

    /// The command's word.
    var bench: StaticString
    var topic: String
    var records: Int
    /// Of keys and values.
    var bytes: Int
    var failed = 0
    var elapsedNs: UInt64
    var latencies: [Latency]

    static let percentiles: [(name: StaticString, title: String, percent: Double)] = [
        ("p50Micros", "P50", 50), ("p90Micros", "P90", 90), ("p99Micros", "P99", 99),
        ("p999Micros", "P99.9", 99.9),
    ]

    private var seconds: Double { max(Double(elapsedNs), 1) / 1e9 }
    private var recordsPerSecond: Double { Double(records) / seconds }
    private var bytesPerSecond: Double { Double(bytes) / seconds }

    /// - Parameter width: of the histogram's bars.
    func append(
        to output: OutputBuffer, _ style: OutputStyle, glyphs: TerminalGlyphs, width: Int = 40
    ) {
        switch style {
        case .json: appendJSON(to: output)
        case .plain: appendPlain(to: output)
        case .human: appendHuman(to: output, glyphs, width)
        }
    }

    // MARK: Human

    private func appendHuman(to output: OutputBuffer, _ glyphs: TerminalGlyphs, _ width: Int) {
        var table = Table([
            .init("RECORDS", .right), .init("FAILED", .right), .init("SECONDS", .right),
            .init("RECORDS/S", .right), .init("MB/S", .right),
        ])
        table.add([
            "\(records)", "\(failed)", ScaledText.fixed(seconds, decimals: 2),
            ScaledText.fixed(recordsPerSecond, decimals: 0),
            ScaledText.fixed(bytesPerSecond / 1e6, decimals: bytesPerSecond < 10e6 ? 2 : 1),
        ])
        table.appendHuman(to: output)
        guard latencies.contains(where: { $0.histogram.count > 0 }) else { return }
        output.append(UInt8(ascii: "\n"))
        latencyTable.appendHuman(to: output)
        // One picture: that of what the benchmark is about.
        guard let last = latencies.last else { return }
        output.append("\n\(last.title)\n")
        BenchReport.chart(last.histogram, glyphs, width).appendHuman(to: output)
    }

    private var latencyTable: Table {
        var table = Table(
            [.init("LATENCY")] + BenchReport.percentiles.map { .init($0.title, .right) }
                + [.init("MAX", .right), .init("MEAN", .right)])
        for latency in latencies {
            table.add(
                [latency.title]
                    + BenchReport.percentiles.map {
                        ScaledText.micros(latency.histogram.percentile($0.percent))
                    } + [
                        ScaledText.micros(latency.histogram.maxMicros),
                        ScaledText.micros(latency.histogram.meanMicros),
                    ])
        }
        return table
    }

    /// The histogram as horizontal bars.
    static func chart(_ histogram: LatencyHistogram, _ glyphs: TerminalGlyphs, _ width: Int)
        -> Table
    {
        var table = Table([
            .init("UP TO", .right), .init("COUNT", .right), .init("SHARE", .right),
            .init("HISTOGRAM"),
        ])
        let bars = histogram.bars
        let most = bars.map(\.count).max() ?? 0
        for bar in bars {
            let share = Double(bar.count) / Double(max(1, histogram.count))
            table.add([
                ScaledText.micros(bar.upToMicros), "\(bar.count)",
                ScaledText.fixed(share * 100, decimals: 1) + " %",
                bar.count == 0
                    ? " " : glyphs.bar(Double(bar.count) / Double(most), width: width),
            ])
        }
        return table
    }

    // MARK: For scripts

    private func appendPlain(to output: OutputBuffer) {
        var table = Table([.init("NAME"), .init("VALUE")])
        table.add(["records", "\(records)"])
        table.add(["failed", "\(failed)"])
        table.add(["bytes", "\(bytes)"])
        table.add(["elapsedMs", "\(elapsedNs / 1_000_000)"])
        table.add(["recordsPerSecond", ScaledText.fixed(recordsPerSecond, decimals: 0)])
        table.add(["bytesPerSecond", ScaledText.fixed(bytesPerSecond, decimals: 0)])
        for latency in latencies {
            for (name, value) in BenchReport.figures(latency.histogram) {
                table.add(["\(latency.name).\(name)", "\(value)"])
            }
        }
        table.appendPlain(to: output)
    }

    private static func figures(_ histogram: LatencyHistogram) -> [(name: StaticString, value: Int)]
    {
        percentiles.map { ($0.name, histogram.percentile($0.percent)) } + [
            ("maxMicros", histogram.maxMicros), ("meanMicros", histogram.meanMicros),
        ]
    }

    private func appendJSON(to output: OutputBuffer) {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("bench", "\(bench)")
        json.field("topic", topic)
        json.field("records", records)
        json.field("failed", failed)
        json.field("bytes", bytes)
        json.field("elapsedMs", elapsedNs / 1_000_000)
        json.field("recordsPerSecond", Int(recordsPerSecond.rounded()))
        json.field("bytesPerSecond", Int(bytesPerSecond.rounded()))
        for latency in latencies {
            json.name(latency.name)
            json.beginObject()
            json.field("count", latency.histogram.count)
            for (name, value) in BenchReport.figures(latency.histogram) { json.field(name, value) }
            json.name("histogram")
            json.beginArray()
            for bar in latency.histogram.bars {
                json.beginObject()
                json.field("upToMicros", bar.upToMicros)
                json.field("count", bar.count)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        json.endObject()
        json.endLine()
    }
}
