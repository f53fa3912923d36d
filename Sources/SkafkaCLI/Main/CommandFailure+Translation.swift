internal import KafkaBase
internal import KafkaBroker
internal import KafkaClient

extension CommandFailure {
    /// What an error of any module means to whoever called the command.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case OutputError.readerGone: self = .reported(.done)
        case OutputError.io(let code):
            self = .failed("cannot write to standard output: \(systemErrorText(code))")
        case let error as KafkaError: self.init(CommandFailure.status(of: error), error.hinted)
        case let error as BrokerError: self.init(CommandFailure.status(of: error), "\(error)")
        case let error as SettingError: self = .usage("\(error)")
        case is CancellationError: self = .reported(.failed)
        default: self = .failed("\(error)")
        }
    }

    static func status(of error: KafkaError) -> ExitStatus {
        switch error.kind {
        // There was an answer in time: no.
        case .timedOut where error.lastAnswer != nil: .failed
        case .connectionFailed, .timedOut, .authentication: .unreachable
        case .corrupt, .broker(.corruptMessage): .corrupt
        case .broker(.requestTimedOut), .broker(.networkException),
            .broker(.saslAuthenticationFailed):
            .unreachable
        default: .failed
        }
    }

    private static func status(of error: BrokerError) -> ExitStatus {
        switch error {
        case .directoryInUse: .unreachable
        case .invalidOption: .usage
        case .storage, .security, .cannotListen: .failed
        }
    }
}

extension KafkaError {
    /// The message, with what to do about it where that is known.
    fileprivate var hinted: String {
        switch kind {
        case .unknownTopic: "\(message); see 'skafka topics list'"
        case .unknownGroup: "\(message); see 'skafka groups list'"
        case .connectionFailed where !message.contains(";"):
            """
            \(message); is a broker running there? 'skafka broker' starts one, -d DIR uses an \
            embedded one
            """
        case .timedOut where broker != nil && lastAnswer == nil && !message.contains(";"):
            "\(message); --timeout waits longer"
        // A broker that looks for the topic alone says no more than that.
        case .broker(.invalidTopicException) where !message.hasSuffix(")"):
            """
            \(message); names have letters, digits, '.', '_' and '-', and no two differ in '.' \
            and '_' alone
            """
        case .broker(.securityDisabled):
            "\(message); the broker needs the setting authorizer.class.name"
        default: message
        }
    }
}
