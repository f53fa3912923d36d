/// What is wrong with one index entry; the inspection adds the file and the place.
struct IndexProblem: Equatable {
    var kind: Finding.Kind
    var severity = Finding.Severity.corruption
    var stored: Int64?
    var expected: Int64?
    var message: String
}
