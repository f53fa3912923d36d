import Testing

@testable import SkafkaCLI

@Suite struct TerminalColorsTests {
    @Test(
        arguments: [
            (.auto, true, [:], true), (.auto, false, [:], false),
            (.auto, true, ["NO_COLOR": "1"], false), (.auto, true, ["NO_COLOR": ""], true),
            (.auto, true, ["TERM": "dumb"], false), (.always, false, ["NO_COLOR": "1"], true),
            (.never, true, [:], false),
        ] as [(ColorChoice, Bool, [String: String], Bool)])
    func isDecided(
        choice: ColorChoice, isTerminal: Bool, environment: [String: String], isOn: Bool
    ) {
        let colors = TerminalColors(choice, isTerminal: isTerminal, environment: environment)
        #expect(colors.isOn == isOn)
        #expect(colors.red("x") == (isOn ? "\u{1B}[1;31mx\u{1B}[0m" : "x"))
    }
}
