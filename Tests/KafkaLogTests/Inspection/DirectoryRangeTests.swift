import Testing

@testable import KafkaLog

@Suite struct DirectoryRangeTests {
    @Test(
        arguments: [
            (Int64.min...Int64.max, ["0.log", "0.index", "100.log", "250.log", "250.snapshot"]),
            (0...99, ["0.log", "0.index", "250.snapshot"]),
            (99...100, ["0.log", "0.index", "100.log", "250.snapshot"]),
            (100...249, ["100.log", "250.snapshot"]),
            (300...400, ["250.log", "250.snapshot"]),
            (-9...(-1), ["250.snapshot"]),
        ] as [(ClosedRange<Int64>, [String])])
    func `Of a range of offsets, only its segments are looked at`(
        offsets: ClosedRange<Int64>, names: [String]
    ) throws {
        let all = ["0.index", "0.log", "100.log", "250.log", "250.snapshot"]
        let disk = BytesDisk(files: Dictionary(uniqueKeysWithValues: all.map { ("d/\($0)", []) }))
        let directory = try InspectedDirectory(path: "d", on: disk)
        let found = directory.files.filter { directory.mayHold(offsets, in: $0) }
        #expect(found.map(\.name) == names)
    }
}
