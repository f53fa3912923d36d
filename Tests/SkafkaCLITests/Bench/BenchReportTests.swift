import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct BenchReportTests {
    private func report() -> BenchReport {
        var latency = LatencyHistogram()
        latency.add(nanoseconds: 1_000_000, count: 75)
        latency.add(nanoseconds: 4_000_000, count: 25)
        return BenchReport(
            bench: "produce", topic: "t", records: 100, bytes: 10_000, elapsedNs: 2_000_000_000,
            latencies: [.init(name: "latency", title: "acknowledged", histogram: latency)])
    }

    @Test func tables() throws {
        let text = try Captured.text {
            report().append(to: $0, .human, glyphs: .unicode, width: 8)
        }
        #expect(
            text == """
                RECORDS  FAILED  SECONDS  RECORDS/S  MB/S
                    100       0     2.00         50  0.01

                LATENCY        P50   P90   P99  P99.9   MAX     MEAN
                acknowledged  1 ms  4 ms  4 ms   4 ms  4 ms  1.75 ms

                acknowledged
                UP TO  COUNT   SHARE  HISTOGRAM
                 1 ms     75  75.0 %  ████████
                 2 ms      0   0.0 %\u{20}\u{20}\u{20}
                 5 ms     25  25.0 %  ██▋

                """)
    }

    @Test func plainRows() throws {
        let text = try Captured.text { report().append(to: $0, .plain, glyphs: .ascii) }
        let rows = text.split(separator: "\n").map(String.init)
        #expect(rows.prefix(3) == ["records\t100", "failed\t0", "bytes\t10000"])
        #expect(rows.contains("latency.p999Micros\t4000"))
        #expect(rows.allSatisfy { $0.split(separator: "\t").count == 2 })
    }

    @Test func glyphs() {
        #expect(TerminalGlyphs.unicode.bar(0.5, width: 3) == "█▌")
        #expect(TerminalGlyphs.unicode.bar(0.0001, width: 3) == "▏")
        #expect(TerminalGlyphs.unicode.bar(0, width: 3) == "")
        #expect(TerminalGlyphs.ascii.bar(0.5, width: 4) == "##")
        #expect(TerminalGlyphs.unicode.sparkline([0, nil, 1, 2], width: 5) == " ▁ ▅█")
        #expect(TerminalGlyphs.unicode.sparkline([9, 0, 0], width: 2) == "▁▁")
        #expect(TerminalGlyphs(environment: ["LANG": "de_DE.UTF-8"]) == .unicode)
        #expect(TerminalGlyphs(environment: ["LANG": "C.UTF-8", "LC_ALL": "C"]) == .ascii)
        #expect(TerminalGlyphs(environment: [:]) == .ascii)
    }

    @Test(arguments: [
        (0.0, "0"), (0.5, "0.50"), (12.34, "12.3"), (950, "950"), (999.6, "1.00k"),
        (12_345, "12.3k"),
        (4_560_000, "4.56M"), (-1500, "-1.50k"),
    ])
    func counts(_ value: Double, _ text: String) {
        #expect(ScaledText.count(value) == text)
    }

    @Test func scaledText() {
        #expect(ScaledText.bytes(0) == "0 B")
        #expect(ScaledText.bytes(1536) == "1.50 KiB")
        #expect(ScaledText.bytes(1_048_575) == "1.00 MiB")
        #expect(ScaledText.micros(850) == "850 µs")
        #expect(ScaledText.micros(1234) == "1.23 ms")
        #expect(ScaledText.micros(12_300_000) == "12.3 s")
        #expect(ScaledText.fixed(1.005, decimals: 1) == "1.0")
        #expect(ScaledText.fixed(-0.04, decimals: 1) == "0.0")
        #expect(ScaledText.fixed(.nan, decimals: 1) == "-")
    }
}
