import NIOConcurrencyHelpers

/// Holds the service, which can be made only once the listeners are bound: what it answers (where
/// the broker is to be reached) depends on them.
///
/// Any thread; one short lock for each connection.
final class ServiceBox: Sendable {
    private let state = NIOLockedValueBox<(any RequestService)?>(nil)

    var value: (any RequestService)? {
        get { state.withLockedValue { $0 } }
        set { state.withLockedValue { $0 = newValue } }
    }
}
