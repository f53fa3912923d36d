import KafkaBase
import NIOCore
import Testing

@testable import KafkaBroker

@Suite struct MetricsTextTests {
    private func text(_ body: (inout MetricsText) -> Void) -> String {
        var text = MetricsText()
        body(&text)
        return String(buffer: text.buffer)
    }

    @Test func `A family has its help, its type and its samples`() throws {
        let text = text {
            $0.family("skafka_things_total", .counter, "Things.")
            $0.sample(.init(3), .init(["kind": "a", "place": "b"]))
            $0.sample(.init(4), .init(["kind": "b", "place": "b"]))
            $0.family("skafka_level", .gauge, "A level.")
            $0.sample(.init(-5))
        }
        #expect(
            text == """
                # HELP skafka_things_total Things.
                # TYPE skafka_things_total counter
                skafka_things_total{kind="a",place="b"} 3
                skafka_things_total{kind="b",place="b"} 4
                # HELP skafka_level A level.
                # TYPE skafka_level gauge
                skafka_level -5

                """)
        #expect(try Exposition(text).value("skafka_level") == -5)
    }

    @Test(arguments: ["plain", "", "a\"b", "a\\b", "a\nb", "\\n\"\n", "ä€ 🦆\t", "}{,="])
    func `Whatever a label holds comes back`(value: String) throws {
        let text = text {
            $0.family("skafka_x", .gauge, "X.")
            $0.sample(.init(1), .init(["group": value, "other": "o"]))
        }
        let parsed = try Exposition(text)
        #expect(parsed.value("skafka_x", ["group": value, "other": "o"]) == 1)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "0.000001"), (250, "0.00025"), (1_000_000, "1"), (1_500_000, "1.5"),
            (-20, "-0.00002"), (123_456_789, "123.456789"),
        ])
    func `Times lose no digit`(microseconds: Int, expected: String) {
        let text = text {
            $0.family("skafka_x_seconds", .gauge, "X.")
            $0.sample(.microseconds(microseconds))
        }
        #expect(text.hasSuffix("\nskafka_x_seconds \(expected)\n"))
    }

    @Test func `Buckets of a histogram add up, and the last one has all`() throws {
        var histogram = Histogram(bounds: [100, 2500])
        for value in [50, 100, 200, 9000] { histogram.add(value) }
        let text = text {
            $0.family("skafka_wait_seconds", .histogram, "Waits.")
            $0.histogram(histogram, .seconds, .init(["api": "Fetch"]))
            $0.histogram(histogram, .seconds)
        }
        #expect(
            text.contains(
                """
                skafka_wait_seconds_bucket{api="Fetch",le="0.0001"} 2
                skafka_wait_seconds_bucket{api="Fetch",le="0.0025"} 3
                skafka_wait_seconds_bucket{api="Fetch",le="+Inf"} 4
                skafka_wait_seconds_sum{api="Fetch"} 0.00935
                skafka_wait_seconds_count{api="Fetch"} 4

                """))
        let parsed = try Exposition(text)
        #expect(parsed.value("skafka_wait_seconds_bucket", ["le": "0.0001"]) == 2)
    }

    @Test(
        arguments: [
            "skafka_x 1\n", "# HELP skafka_x X.\nskafka_x 1\n",
            "# HELP skafka_x X.\n# TYPE skafka_x gauge\nskafka_y 1\n",
            "# HELP skafka_x X.\n# TYPE skafka_x gauge\nskafka_x 1\nskafka_x 2\n",
            "# HELP skafka_x X.\n# TYPE skafka_x counter\nskafka_x 1\n",
            "# HELP skafka_x X.\n# TYPE skafka_x gauge\nskafka_x{a=\"\\q\"} 1\n",
            "# HELP skafka_x X.\n# TYPE skafka_x gauge\nskafka_x 1",
        ])
    func `The tests' reader takes nothing that is wrong`(text: String) {
        #expect(throws: Exposition.Failure.self) { try Exposition(text) }
    }
}
