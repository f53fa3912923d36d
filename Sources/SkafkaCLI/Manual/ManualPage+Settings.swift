internal import KafkaBroker

// Settings stand in the manual as their definitions have them.

extension ManualPage {
    /// Those that differ from Kafka's say so in their documentation.
    func appendBrokerSettings(to text: inout ManualText) {
        let definitions = BrokerSettings.definitions
        let different = definitions.filter { $0.documentation.contains("Kafka") }
        text.macro("Sh SETTINGS")
        text.prose(
            """
            Settings have Kafka's names and Kafka's defaults, but for those of which a single \
            small node wants another value. They are given by
            """)
        text.macro("Fl X Ar name=value")
        text.prose("or in a file, and some of them can be changed while the broker runs.")
        appendSettings("Other defaults than Kafka's", different, to: &text)
        appendSettings(
            "Defaults as Kafka's", definitions.filter { !$0.documentation.contains("Kafka") },
            to: &text)
    }

    func appendSettings(
        _ title: String, _ definitions: [SettingDefinition], to text: inout ManualText
    ) {
        text.macro("Ss \(title)")
        text.macro("Bl -tag -width Ds")
        for definition in definitions {
            text.macro("It Va \(ManualText.escaped(definition.name))")
            text.prose(definition.documentation)
            if let value = definition.defaultValue, !value.isEmpty {
                text.prose("Default: \(value).")
            }
        }
        text.macro("El")
    }

    func appendClientSettings(to text: inout ManualText) {
        text.macro("Ss Settings of clients")
        text.prose(
            """
            They are given by -X, in a file, or both, by Java's names or by those of librdkafka.
            """)
        text.macro("Bl -tag -width Ds")
        for definition in ClientSettings.definitions {
            let names = definition.names.map { "Va \(ManualText.escaped($0))" }
            text.macro("It \(names.joined(separator: " , "))")
            text.prose(definition.expects + ".")
        }
        text.macro("El")
    }

    /// What is told when a value does not fit, as a sentence.
}
