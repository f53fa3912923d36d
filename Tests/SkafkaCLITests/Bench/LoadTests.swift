import Testing

@testable import KafkaClient
@testable import SkafkaCLI

@Suite struct LoadTests {
    @Test func schedulesDoNotDrift() {
        let schedule = SendSchedule(startNs: 500, perSecond: 3)
        #expect(schedule.dueNs(0) == 500)
        #expect(schedule.dueNs(3) == 1_000_000_500)
        #expect(schedule.dueNs(3_000_000) == 1_000_000_000_000_500)
        #expect(schedule.count(withinMs: 10_000) == 30)
    }

    @Test(arguments: [
        ("100", 100...100), ("0", 0...0), ("10-20", 10...20),
    ])
    func sizes(_ text: String, _ range: ClosedRange<Int>) {
        #expect(RecordSizes(text)?.range == range)
    }

    @Test(arguments: ["", "-1", "x", "20-10", "1-2-3", "10-", "1.5"])
    func noSizes(_ text: String) {
        #expect(RecordSizes(text) == nil)
    }

    @Test func sizesStayInTheirRange() {
        var numbers = SeededNumbers(seed: 3)
        let sizes = RecordSizes(5...8)
        let seen = Set((0..<200).map { _ in sizes.next(&numbers) })
        #expect(seen == [5, 6, 7, 8])
    }

    @Test func piecesHaveTheirShareOfRepeatingBytes() {
        func letters(_ percent: Int) -> Int {
            let pool = PayloadPool(maxBytes: 1000, compressiblePercent: percent)
            let filler = Set("skafka bench ".utf8)
            return pool.withPiece(at: 4 << 20, size: 1000) { $0.count { filler.contains($0) } }
        }
        #expect(letters(0) < 150)
        #expect(letters(100) == 1000)
        #expect((500...650).contains(letters(50)))
    }

    @Test func deliveriesAreTimedInTheOrderOfSending() {
        var times = InFlightTimes()
        var latencies = LatencyHistogram()
        times.sent(to: 2, atNs: 1_000_000)
        times.sent(to: 2, atNs: 1_001_000)
        times.sent(to: 2, atNs: 4_000_000)
        times.sent(to: 0, atNs: 5_000_000)
        // The producer had no room for one more.
        times.sent(to: 2, atNs: 9_000_000)
        times.unsend(to: 2)
        times.done(1, of: 2, atNs: 11_000_000, sinceNs: 0, countIn: &latencies)
        #expect(latencies.maxMicros == 10_000)
        times.done(2, of: 2, atNs: 14_000_000, sinceNs: 0, countIn: &latencies)
        #expect(latencies.count == 3)
        #expect(latencies.maxMicros == 13_000)
        times.done(1, of: 0, atNs: 14_000_000, sinceNs: 6_000_000, countIn: &latencies)
        #expect(latencies.count == 3)
        // Nothing is left, and more reports than records do no harm.
        times.done(5, of: 2, atNs: 99_000_000, sinceNs: 0, countIn: &latencies)
        #expect(latencies.count == 3)
    }

    @Test func failuresAreCountedButNotTimed() {
        let tally = LoadTally()
        for _ in 0..<3 { tally.sending(to: 0, atNs: 1) }
        tally.add(
            DeliveryReport(topic: "t", partition: 0, baseOffset: 0, recordCount: 2, error: nil))
        tally.add(
            DeliveryReport(
                topic: "t", partition: 0, baseOffset: -1, recordCount: 1,
                error: KafkaError(.timedOut, "no answer")))
        let counts = tally.counts
        #expect((counts.delivered, counts.failed) == (2, 1))
        #expect(counts.latency.count == 2)
        #expect(counts.failure == CommandFailure(.unreachable, "no answer"))
        #expect(tally.hasFailed)
    }

    @Test func arrivalsKnowTheirRun() {
        var arrivals = LatencyArrivals(run: 7, sinceNs: 100)
        func arrive(_ run: UInt64, _ number: UInt64, dueNs: UInt64, partition: Int32 = 0) {
            var value = [UInt8](repeating: 0, count: 30)
            value.withUnsafeMutableBytes {
                LatencyStamp(run: run, number: number, dueNs: dueNs).write(to: $0)
            }
            value.withUnsafeBytes {
                arrivals.take($0, partition: partition, nowNs: dueNs + 2_000_000)
            }
        }
        arrive(7, 1, dueNs: 50)
        arrive(7, 2, dueNs: 200)
        arrive(7, 0, dueNs: 300, partition: 1)
        // Another run's, a second time, and too short.
        arrive(8, 3, dueNs: 400)
        arrive(7, 2, dueNs: 200)
        [UInt8](repeating: 0, count: 10).withUnsafeBytes {
            arrivals.take($0, partition: 0, nowNs: 1)
        }
        #expect(arrivals.received == 3 && arrivals.counted == 2)
        #expect(arrivals.misplaced == 1)
        #expect(arrivals.latency.count == 2)
        #expect(arrivals.latency.maxMicros == 2000)
        #expect(arrivals.bytes == 60)
    }
}
