extension CommandFailure {
    /// What an error of any module means to whoever called the command.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case OutputError.readerGone: self = .reported(.done)
        case OutputError.io(let code):
            self = .failed("cannot write to standard output: \(systemErrorText(code))")
        case is CancellationError: self = .reported(.failed)
        default: self = .failed("\(error)")
        }
    }
}
