import KafkaBase
import Testing

@testable import KafkaBroker

@Suite struct ProcessStatisticsTests {
    @Test func `The system's line is read behind the program's name`() {
        var statistics = ProcessStatistics()
        let fields = (4...52).map { "\($0)" }.joined(separator: " ")
        // Fields 22, 23 and 24 of proc(5): start, virtual size, resident pages.
        statistics.add(stat: "7 (a) b (c) S \(fields)", bootMs: 1000)
        #expect(statistics.virtualBytes == 23)
        #expect(statistics.residentBytes == 24 * 4096)
        #expect(statistics.startMs == Int64(1220))
    }

    @Test(arguments: ["", "7 a", "7 (a) S 1 2 3", "7 (a"])
    func `What is no such line is left out`(stat: String) {
        var statistics = ProcessStatistics()
        statistics.add(stat: stat, bootMs: 0)
        #expect(statistics == ProcessStatistics())
    }

    @Test func `This process has used time, memory and descriptors`() throws {
        let statistics = ProcessStatistics.current()
        #expect(statistics.cpuMicroseconds > 0)
        #expect(try #require(statistics.openDescriptors) > 2)
        #expect(try #require(statistics.maxDescriptors) >= #require(statistics.openDescriptors))
        #if os(Linux)
            #expect(try #require(statistics.residentBytes) > 1 << 20)
            let age = KafkaClock.system.nowMs - (try #require(statistics.startMs))
            #expect((0...86_400_000).contains(age))
        #endif
    }
}
