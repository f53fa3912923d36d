import Glibc
import KafkaBase
import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct ProduceInputTests {
    private func input(
        _ words: [String], _ wake: WakePipe, standardInput: Int32 = -1
    ) throws -> ProduceInput {
        var context = CommandContext(environment: [:])
        context.inputDescriptor = standardInput
        context.clock = KafkaClock { 77 }
        return ProduceInput(try ProducePlan(words: ["t"] + words), context, wake)
    }

    @Test func opensOneSourceAfterAnother() throws {
        let directory = try TemporaryDirectory()
        let paths = ["a", "none", "b"].map { "\(directory.path)/\($0)" }
        try TestFile.write("one\n", to: paths[0])
        try TestFile.write("two\n", to: paths[2])
        let input = try input(["-l"] + paths, try WakePipe())
        let first = try #require(try input.openNext())
        #expect(try input.read(first) {} == .read)
        #expect(String(decoding: first.unread, as: UTF8.self) == "one\n")
        #expect(input.place == "\(paths[0]), line 1")
        #expect(first.progress == "\(paths[0]) 100%")
        first.takeRecord(bytes: 4)
        #expect(input.place == "\(paths[0]), line 2")
        #expect(throws: CommandFailure.failed("cannot read \(paths[1]): No such file or directory"))
        {
            try input.openNext()
        }
        #expect(input.source == nil)
        let last = try #require(try input.openNext())
        #expect(last.name == paths[2])
        #expect(last.takenRecords == 0)
        #expect(try input.openNext() == nil)
    }

    @Test func leavesStandardInputOpen() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let input = try input(["-", "-"], try WakePipe(), standardInput: ends[0])
        #expect(try #require(try input.openNext()).descriptor == ends[0])
        input.closeSource()
        #expect(fcntl(ends[0], F_GETFD) >= 0)
        input.end()
        // Nothing follows an end.
        #expect(try input.openNext() == nil)
    }

    /// What is there is sent before the thread waits on; a wake ends the waiting.
    @Test func saysThatTheInputPauses() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let wake = try WakePipe()
        let input = try input([], wake, standardInput: ends[0])
        let source = try #require(try input.openNext())
        var pauses = 0
        let step = try input.read(source) {
            pauses += 1
            _ = write(ends[1], "x\n", 2)
        }
        #expect(step == .read)
        #expect(pauses == 1)
        #expect(source.unread.count == 2)
        #expect(input.readAtMs == 77)
        let woken = try input.read(source) { wake.wake() }
        #expect(woken == .woken)
    }

    @Test func failsToReadADirectory() throws {
        let directory = try TemporaryDirectory()
        let input = try input([directory.path], try WakePipe())
        let source = try #require(try input.openNext())
        #expect(throws: CommandFailure.failed("cannot read \(directory.path): Is a directory")) {
            try input.read(source) {}
        }
    }
}
