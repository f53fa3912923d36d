internal import KafkaBase

/// The text of an `errno`.
func systemErrorText(_ code: Int32) -> String { SystemError.text(of: code) }
