import Testing

@testable import KafkaClient

@Suite struct KeyHashTests {
    /// The values that Kafka's own tests hold its murmur2 against.
    @Test(
        arguments: [
            ("21", -973_932_308), ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
        ] as [(String, Int32)])
    func murmur2IsThatOfJava(key: String, hash: Int32) {
        #expect(Array(key.utf8).withUnsafeBytes { KeyHash.murmur2($0) } == UInt32(bitPattern: hash))
    }

    @Test func crc32IsThatOfZlib() {
        #expect(Array("123456789".utf8).withUnsafeBytes { KeyHash.crc32($0) } == 0xCBF4_3926)
        #expect(KeyHash.crc32(UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
    }
}
