import Glibc
import Testing

@testable import SkafkaCLI

@Suite struct OutputBufferTests {
    @Test(arguments: [64, 100, 4096])
    func keepsTheOrder(capacityBytes: Int) throws {
        var expected = ""
        let text = try Captured.text(capacityBytes: capacityBytes) { output in
            for number in -50..<500 {
                output.append(decimal: Int64(number))
                output.append(UInt8(ascii: ","))
                expected += "\(number),"
            }
            let long = String(repeating: "x", count: 1000)
            output.append(long)
            output.append("end" as StaticString)
            expected += long + "end"
        }
        #expect(text == expected)
    }

    @Test(arguments: [Int64.min, -1, 0, 9, 10, Int64.max])
    func writesNumbers(value: Int64) throws {
        #expect(try Captured.text { $0.append(decimal: value) } == "\(value)")
    }

    @Test func aReaderThatWentAwayIsKnown() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let output = OutputBuffer(descriptor: ends[1])
        output.append("x" as StaticString)
        #expect(throws: OutputError.readerGone) { try output.flush() }
        // What follows is dropped, and the failure stays.
        output.append("y" as StaticString)
        #expect(throws: OutputError.readerGone) { try output.flush() }
        #expect(CommandFailure(OutputError.readerGone) == .reported(.done))
    }

    @Test func aFullDiskIsAFailure() {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let output = OutputBuffer(descriptor: descriptor)
        output.append("x" as StaticString)
        #expect(throws: OutputError.io(errno: ENOSPC)) { try output.flush() }
    }

    /// The writer gets through although the pipe is small and non-blocking.
    @Test func waitsForASlowReader() async throws {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let (readEnd, writeEnd) = (ends[0], ends[1])
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
        let total = 1 << 20
        let reading = Task.detached { () -> Int in
            var room = [UInt8](repeating: 0, count: 1 << 16)
            var sum = 0
            while case let count = read(readEnd, &room, room.count), count > 0 { sum += count }
            return sum
        }
        let output = OutputBuffer(descriptor: writeEnd)
        for _ in 0..<total { output.append(UInt8(ascii: "x")) }
        try output.flush()
        close(writeEnd)
        #expect(await reading.value == total)
        close(readEnd)
    }
}

@Suite struct TableTests {
    private var table: Table {
        var table = Table([.init("NAME"), .init("SIZE", .right), .init("NOTE")])
        table.add(["a", "1000", ""])
        table.add(["longer", "5", "x"])
        return table
    }

    @Test func alignsForPeople() throws {
        #expect(
            try Captured.text { table.appendHuman(to: $0) } == """
                NAME    SIZE  NOTE
                a       1000  -
                longer     5  x

                """)
    }

    @Test func separatesByTabsForPrograms() throws {
        #expect(
            try Captured.text { table.appendPlain(to: $0) } == "a\t1000\t-\nlonger\t5\tx\n")
    }
}

@Suite struct JSONWriterTests {
    @Test func putsCommas() throws {
        let text = try Captured.text { output in
            var json = JSONWriter(output)
            json.beginArray()
            json.beginObject()
            json.field("a", 1)
            json.field("b", "x\"y")
            json.field("c", true)
            json.field("d", Optional<String>.none)
            json.name("e")
            json.beginArray()
            json.integer(UInt64.max)
            json.integer(-1)
            json.endArray()
            json.endObject()
            json.beginObject()
            json.endObject()
            json.endArray()
            json.endLine()
        }
        #expect(
            text == #"[{"a":1,"b":"x\"y","c":true,"d":null,"e":[18446744073709551615,-1]},{}]"#
                + "\n")
    }
}
