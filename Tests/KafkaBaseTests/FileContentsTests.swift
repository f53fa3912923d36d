import TestSupport
import Testing

@testable import KafkaBase

@Suite struct FileContentsTests {
    @Test(arguments: [0, 1, 16 << 10, 40_000])
    func readsAllOfAFile(count: Int) throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/a"
        try TestFile.write(String(repeating: "x", count: count), to: path)
        #expect(try FileContents.read(path, maxBytes: count).count == count)
        guard count > 0 else { return }
        #expect(throws: FileContents.Failure(reason: "larger than \(count - 1) bytes")) {
            try FileContents.read(path, maxBytes: count - 1)
        }
    }

    @Test func saysWhyItCannotBeRead() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: FileContents.Failure(reason: "No such file or directory")) {
            try FileContents.read("\(directory.path)/none", maxBytes: 9)
        }
        #expect(throws: FileContents.Failure(reason: "Is a directory")) {
            try FileContents.read(directory.path, maxBytes: 9)
        }
    }
}
