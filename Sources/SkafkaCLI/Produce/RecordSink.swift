/// Who takes the records that a `RecordDrain` cuts out of the input.
protocol RecordSink {
    /// Takes a record.
    ///
    /// - Returns: nil when it was taken, or is to be passed over; otherwise it is not taken, and
    ///   comes again after the pause.
    func append(_ record: InputRecord) -> ProducePause?

    /// Counts the record that is being read as failed.
    ///
    /// - Parameter column: where in the line it fails, from 1.
    /// - Returns: nil when reading goes on behind it.
    func fail(_ reason: String, column: Int?) -> ProducePause?
}

extension RecordSink {
    func fail(_ reason: String) -> ProducePause? { fail(reason, column: nil) }
}
