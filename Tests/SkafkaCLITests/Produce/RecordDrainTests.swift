import KafkaBase
import TestSupport
import Testing

@testable import SkafkaCLI

/// How input becomes records, without a producer.
@Suite struct RecordDrainTests {
    /// Takes records until it has no room, and remembers what it was given.
    private final class Sink: RecordSink {
        private(set) var taken: [String] = []
        var room = Int.max
        var stopsAtFailure = false

        func append(_ record: InputRecord) -> ProducePause? {
            guard room > 0 else { return .full }
            room -= 1
            let key = record.key.map { String(decoding: $0, as: UTF8.self) + "=" } ?? ""
            taken.append(key + (record.value.map { String(decoding: $0, as: UTF8.self) } ?? "null"))
            return nil
        }

        func fail(_ reason: String, column: Int?) -> ProducePause? {
            taken.append("! \(reason)\(column.map { " (\($0))" } ?? "")")
            return stopsAtFailure ? .ended : nil
        }
    }

    private func layout(_ words: String...) throws -> ProducePlan.Layout {
        try ProducePlan(words: ["t"] + words).layout
    }

    /// Reads a file to its end.
    private func drain(
        _ text: String, _ layout: ProducePlan.Layout, into sink: Sink = Sink()
    ) throws -> ([String], ProducePause?) {
        let directory = try TemporaryDirectory()
        try TestFile.write(text, to: "\(directory.path)/in")
        let source = try InputSource(.file("\(directory.path)/in"), standardInput: -1)
        let drain = RecordDrain(layout)
        while !source.isAtEnd {
            if let pause = drain.drain(source, into: sink) { return (sink.taken, pause) }
            try source.fill()
        }
        let pause = drain.drain(source, into: sink)
        return (sink.taken, pause)
    }

    @Test(
        arguments: [
            ([], "a\n\nb", ["a", "", "b"]),
            (["-D", "--"], "a--b-", ["a", "b-"]),
            (["-K", ":"], "k:v:w\nv\n:\n", ["k=v:w", "v", "="]),
            (
                ["--property", "parse.key=true"], "k\tv\r\nw\n",
                ["k=v", "! no key separator found; see --property ignore.error=true"]
            ),
            (["-J"], #"{"key":"k","value":"v"}"# + "\n \t\n[]\n", ["k=v", "! '{' expected (1)"]),
            (["-f", #"%k %v\n"#], "k v\nw", ["k=v", "! the input ends within a record"]),
        ] as [([String], String, [String])])
    func cutsByLayout(words: [String], text: String, expected: [String]) throws {
        let (taken, pause) = try drain(text, try ProducePlan(words: ["t"] + words).layout)
        #expect(taken == expected)
        #expect(pause == nil)
    }

    @Test func takesAFileAsOneRecord() throws {
        #expect(try drain("a\nb\n", .wholeFile(keyDelimiter: nil)).0 == ["a\nb\n"])
        #expect(try drain("k:a\n", .wholeFile(keyDelimiter: [0x3A])).0 == ["k=a\n"])
        #expect(try drain("", .wholeFile(keyDelimiter: nil)).0 == [""])
    }

    /// A record that found no room is there again when there is some.
    @Test func goesOnWithTheRecordThatWasNotTaken() throws {
        let directory = try TemporaryDirectory()
        try TestFile.write("a\nb\nc\n", to: "\(directory.path)/in")
        let source = try InputSource(.file("\(directory.path)/in"), standardInput: -1)
        try source.fill()
        let drain = RecordDrain(try layout())
        let sink = Sink()
        sink.room = 1
        #expect(drain.drain(source, into: sink) == .full)
        #expect(source.takenRecords == 1)
        sink.room = 9
        #expect(drain.drain(source, into: sink) == nil)
        #expect(sink.taken == ["a", "b", "c"])
        #expect(source.takenRecords == 3)
    }

    @Test func passesOverTheRestOfALine() throws {
        let directory = try TemporaryDirectory()
        try TestFile.write(
            String(repeating: "x", count: 600_000) + "\nb\n", to: "\(directory.path)/in")
        let source = try InputSource(.file("\(directory.path)/in"), standardInput: -1)
        let lines = LineDrain(.text(KeyedText(keyDelimiter: nil)), [0x0A])
        let sink = Sink()
        try source.fill()
        #expect(lines.drain(source, into: sink) == nil)
        lines.passOver()
        while !source.isAtEnd {
            #expect(lines.drain(source, into: sink) == nil)
            // What is passed over is not held.
            #expect(source.unread.isEmpty)
            try source.fill()
        }
        #expect(sink.taken == ["b"])
        // It counts as a line.
        #expect(source.takenRecords == 2)
    }

    @Test func stopsAtTheFirstFailure() throws {
        let sink = Sink()
        sink.stopsAtFailure = true
        let (taken, pause) = try drain("nothing\n[]\n", try layout("-J"), into: sink)
        #expect(taken.count == 1)
        #expect(pause == .ended)
    }

    /// Behind what does not fit nobody knows where a record begins.
    @Test func endsWhereTheFormatDoesNotFit() throws {
        let (taken, pause) = try drain("<a>\nb\n<c>\n", try layout("-f", #"<%v>\n"#))
        #expect(taken == ["a", "! the input does not fit --format"])
        #expect(pause == .ended)
    }
}
