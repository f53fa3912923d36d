import KafkaBase

/// An error code with the text that some responses carry beside it.
struct ApiError: Error, Equatable {
    var code: ErrorCode
    var message: String?

    init(_ code: ErrorCode, _ message: String? = nil) {
        self.code = code
        self.message = message
    }

    /// Why a change of the metadata was not made.
    static func ofEdit(_ error: any Error) -> ApiError {
        error as? ApiError ?? ApiError(.brokerNotAvailable, "The broker is shutting down.")
    }
}
