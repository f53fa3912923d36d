import Testing

@testable import SkafkaCLI

@Suite struct NumberDecodingTests {
    private func text(_ decoding: NumberDecoding, _ bits: some FixedWidthInteger) -> String? {
        withUnsafeBytes(of: bits.bigEndian) { decoding.text(of: $0) }
    }

    @Test func wholeNumbersAreSignedAndBigEndian() {
        #expect(text(.int16, Int16(-2)) == "-2")
        #expect(text(.int32, Int32.min) == "-2147483648")
        #expect(text(.int64, Int64.max) == "9223372036854775807")
        #expect(text(.bool, UInt8(1)) == "true" && text(.bool, UInt8(0)) == "false")
        #expect(text(.bool, UInt8(2)) == nil && text(.int32, Int64(1)) == nil)
    }

    /// As `Double.toString` of JDK 19 and later has them.
    @Test(
        arguments: [
            (0.0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-1.5, "-1.5"), (100, "100.0"),
            (0.001, "0.001"), (0.00099, "9.9E-4"), (1e-5, "1.0E-5"), (1_234_567, "1234567.0"),
            (9_999_999.5, "9999999.5"), (10_000_000, "1.0E7"), (1.5e300, "1.5E300"),
            (123_456_789_012, "1.23456789012E11"), (0.1, "0.1"), (.infinity, "Infinity"),
            (-.infinity, "-Infinity"), (.nan, "NaN"),
        ] as [(Double, String)])
    func doublesAreWrittenAsJavaDoes(value: Double, expected: String) {
        #expect(text(.float64, value.bitPattern) == expected)
    }

    @Test func floatsHaveFewerDigits() {
        #expect(text(.float32, Float(0.1).bitPattern) == "0.1")
        #expect(text(.float32, Float(3.4e38).bitPattern) == "3.4E38")
    }
}
