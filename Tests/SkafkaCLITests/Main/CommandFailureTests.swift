import KafkaBase
import KafkaBroker
import KafkaClient
import Testing

@testable import SkafkaCLI

@Suite struct CommandFailureTests {
    @Test(
        arguments: [
            (.connectionFailed, 3), (.timedOut, 3), (.authentication, 3), (.corrupt, 4),
            (.broker(.corruptMessage), 4), (.broker(.topicAlreadyExists), 1),
            (.unknownTopic("t"), 1),
            (.closed, 1), (.invalidArgument, 1), (.broker(.requestTimedOut), 3),
        ] as [(KafkaError.Kind, Int32)])
    func givesTheExitCode(kind: KafkaError.Kind, code: Int32) {
        #expect(CommandFailure(KafkaError(kind, "x")).status.code == code)
    }

    @Test func saysWhatToDo() {
        let failure = CommandFailure(KafkaError(.unknownTopic("t"), "unknown topic t"))
        #expect(failure.message == "unknown topic t; see 'skafka topics list'")
    }

    @Test func brokersFailuresToo() {
        #expect(CommandFailure(BrokerError.directoryInUse(path: "D")).status == .unreachable)
        #expect(CommandFailure(BrokerError.invalidOption(reason: "x")).status == .usage)
    }

    @Test func signalsAreShifted() {
        #expect(ExitStatus.signal(2).code == 130)
        #expect(ExitStatus.signal(15).code == 143)
        #expect(ExitStatus.other(7).code == 7)
    }

    @Test func interruptsWakeLateComersToo() {
        let center = InterruptCenter()
        #expect(!center.isInterrupted)
        #expect(!center.interrupt(signal: 15))
        nonisolated(unsafe) var woken = 0
        center.onInterrupt { woken += 1 }
        #expect(woken == 1)
        // The first signal is what counts.
        #expect(center.interrupt(signal: 2))
        #expect(center.signal == 15)
        #expect(woken == 2)
    }
}
