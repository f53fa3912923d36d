import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct TextCursorTests {
    @Test func `Numbers are the text that Swift makes of them`() throws {
        var random = SeededGenerator(seed: 1)
        var numbers: [Int64] = [0, .min, .max]
        var power: Int64 = 1
        while power < 1_000_000_000_000_000_000 {
            power *= 10
            numbers += [power - 1, power, power + 1, -power, 1 - power]
        }
        for bits in 0..<63 {
            numbers.append(.random(in: 0...(1 << Int64(bits)), using: &random))
        }
        let text = try Captured.text(capacityBytes: 64) { output in
            for number in numbers {
                output.write(atMost: TextCursor.decimalMax + 1) { line in
                    line.put(decimal: number)
                    line.put(UInt8(ascii: "\n"))
                }
            }
        }
        #expect(text.split(separator: "\n").map { Int64($0) } == numbers)
    }

    @Test func `Columns are as wide as they should be, or as what is in them`() throws {
        let text = try Captured.text { output in
            output.write(atMost: 100) { line in
                for number: Int64 in [7, -7, 1000, -1000, 12_345_678] {
                    line.put(decimal: number, width: 6)
                    line.put("|")
                }
                let start = line.address
                line.put(true)
                line.pad(from: start, to: 6)
                line.put("|")
                line.pad(from: start, to: 2)
                line.put(text: "end")
            }
        }
        #expect(text == "     7|    -7|  1000| -1000|12345678|true  |end")
    }
}
