import KafkaBase
import TestSupport
import Testing

@testable import KafkaRecords

@Suite struct Crc32cTests {
    /// RFC 3720, appendix B.4, and the check value of the Rocksoft catalogue.
    private static let known: [(bytes: [UInt8], crc: UInt32)] = [
        ([], 0),
        (Array("123456789".utf8), 0xE306_9283),
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E),
    ]

    @Test func knownValues() {
        for (bytes, crc) in Crc32cTests.known {
            bytes.withUnsafeBytes {
                #expect(Crc32c.checksum($0) == crc)
                #expect(Crc32c.extendPortably(0, with: $0) == crc)
            }
        }
    }

    @Test func instructionsAndTablesAgreeAtEveryLength() {
        var random = SeededGenerator(seed: 1)
        let bytes = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes.withUnsafeBytes { all in
            for length in Array(0..<600) + [767, 768, 769, 6143, 6144, 6151, 19_000] {
                let part = UnsafeRawBufferPointer(
                    rebasing: all[(length % 9)..<(length % 9) + length])
                #expect(Crc32c.checksum(part) == Crc32c.extendPortably(0, with: part))
            }
        }
    }

    @Test func extendsInParts() {
        let bytes = Array("The quick brown fox jumps over the lazy dog".utf8)
        bytes.withUnsafeBytes { all in
            for cut in 0...all.count {
                let front = Crc32c.checksum(UnsafeRawBufferPointer(rebasing: all[..<cut]))
                let whole = Crc32c.extend(
                    front, with: UnsafeRawBufferPointer(rebasing: all[cut...]))
                #expect(whole == 0x2262_0404)
            }
        }
    }
}
