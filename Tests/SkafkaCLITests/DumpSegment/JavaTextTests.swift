import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct JavaTextTests {
    /// Bytes in hexadecimal and, from JDK 17's `new String(bytes, UTF_8)`, how many characters
    /// stand for what is malformed: R for each U+FFFD, the rest as it is.
    @Test(arguments: [
        ("6162", "ab"), ("c3a9", "é"), ("f09f9880", "😀"), ("80", "R"), ("c3", "R"),
        ("c328", "R("), ("c080", "RR"), ("c1bf41", "RRA"), ("e228a1", "R(R"), ("e282", "R"),
        ("e28228", "R("), ("e08080", "RRR"), ("eda080", "R"), ("eda08041", "RA"), ("eda0", "R"),
        ("f0808080", "RRRR"), ("f09f98", "R"), ("f09f9841", "RA"), ("f09f4141", "RAA"),
        ("f4908080", "RRRR"), ("f5808080", "RRRR"), ("f8888080", "RRRR"), ("ff41", "RA"),
        ("f09f", "R"), ("f028", "R("), ("e0", "R"), ("f4", "R"),
    ])
    func `Malformed bytes become as many replacements as in Java`(hex: String, text: String)
        throws
    {
        let scratch = try TemporaryDirectory()
        let bytes = try #require(Hex.decode(hex))
        try DumpDirectory.write([], to: scratch.path + "/text")
        let written = try written(scratch.path + "/text") { output in
            bytes.withUnsafeBytes { JavaText.append($0, to: output) }
        }
        #expect(written == Array(text.replacingReplacements.utf8))
    }

    private func written(_ path: String, _ body: (OutputBuffer) -> Void) throws -> [UInt8] {
        let file = try DumpedFile(path)
        let output = OutputBuffer(descriptor: file.descriptor)
        body(output)
        try output.flush()
        return try Fixtures.bytes(path)
    }
}

extension String {
    fileprivate var replacingReplacements: String {
        String(map { $0 == "R" ? "\u{FFFD}" : $0 })
    }
}
