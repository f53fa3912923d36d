/// The copy of the values that were sent, on standard output (`-T`).
///
/// The reading thread's; holds what an `OutputBuffer` holds.
struct Tee {
    private let output: OutputBuffer
    private let delimiter: [UInt8]

    init(_ output: OutputBuffer, delimiter: [UInt8]) {
        self.output = output
        self.delimiter = delimiter
    }

    func copy(_ value: UnsafeRawBufferPointer?) {
        if let value { output.append(value) }
        delimiter.withUnsafeBytes { output.append($0) }
    }

    /// - Throws: `OutputError`.
    func flush() throws(OutputError) {
        try output.flush()
    }
}
