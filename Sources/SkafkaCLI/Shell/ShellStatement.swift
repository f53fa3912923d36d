/// One command of the shell: its words, and where its input and output go.
struct ShellStatement: Equatable, Sendable {
    struct Output: Equatable, Sendable {
        var path: String
        /// `>>`
        var appends: Bool
    }

    var words: [String] = []
    /// `< file`
    var input: String?
    /// `> file`, `>> file`
    var output: Output?
    /// What stands behind the first `|`, for /bin/sh.
    var pipeline: String?

    fileprivate var isEmpty: Bool { self == ShellStatement() }
}

/// Why a text is no command of the shell.
enum ShellSyntaxError: Error, Equatable {
    /// It ends within quotes or behind a backslash: the next line may end it.
    case incomplete(ShellLexer.Quote)
    case malformed(String)

    var message: String {
        switch self {
        case .incomplete(.single): "a ' is not closed"
        case .incomplete(.double): "a \" is not closed"
        case .incomplete(.escape): "the text ends within a command"
        case .malformed(let reason): reason
        }
    }
}

/// Takes a text apart into the shell's commands, one after the other.
struct ShellParser {
    private var lexer: ShellLexer
    /// Where the command begins that `next` looks at, in bytes: what is left when it is incomplete.
    private(set) var start = 0

    init(_ text: String, home: String? = nil) {
        lexer = ShellLexer(Array(text.utf8), home: home)
    }

    /// The text from `start` on.
    var rest: String { String(decoding: lexer.bytes[start...], as: UTF8.self) }

    /// The next command; nil at the end.
    mutating func next() throws(ShellSyntaxError) -> ShellStatement? {
        start = lexer.position
        var statement = ShellStatement()
        while let token = lexer.next() {
            switch token {
            case .end:
                if !statement.isEmpty { return try checked(statement) }
                start = lexer.position
            case .word(let word): statement.words.append(try text(of: word))
            case .input:
                guard statement.input == nil else { throw .malformed("two < in one command") }
                statement.input = try file(behind: "<")
            case .output(let appends):
                guard statement.output == nil else { throw .malformed("two > in one command") }
                statement.output = ShellStatement.Output(
                    path: try file(behind: appends ? ">>" : ">"), appends: appends)
            case .pipe:
                statement.pipeline = try pipeline()
                return try checked(statement)
            }
        }
        return statement.isEmpty ? nil : try checked(statement)
    }

    /// Goes on behind a command that could not be read: at the next line.
    mutating func skipLine() {
        while let token = lexer.next() {
            if token == .end { break }
        }
    }

    private func checked(_ statement: ShellStatement) throws(ShellSyntaxError) -> ShellStatement {
        guard !statement.words.isEmpty else {
            throw .malformed("a command is missing before \(statement.pipeline == nil ? ">" : "|")")
        }
        if statement.output != nil, statement.pipeline != nil {
            throw .malformed("> and | exclude each other; write > behind the |")
        }
        return statement
    }

    private func text(of word: ShellLexer.Word) throws(ShellSyntaxError) -> String {
        if let open = word.open { throw .incomplete(open) }
        if word.isBare {
            if lexer.isNext(UInt8(ascii: ">")), word.text.allSatisfy(\.isNumber) {
                throw ShellParser.unknown("\(word.text)>")
            }
            if word.text == "&" || word.text == "&&" { throw ShellParser.unknown(word.text) }
        }
        return word.text
    }

    private mutating func file(behind sign: String) throws(ShellSyntaxError) -> String {
        guard case .word(let word)? = lexer.next() else {
            throw .malformed("a file's name is missing behind \(sign)")
        }
        return try text(of: word)
    }

    private mutating func pipeline() throws(ShellSyntaxError) -> String {
        if lexer.isNext(UInt8(ascii: "|")) { throw ShellParser.unknown("||") }
        guard let text = lexer.pipeline() else { throw .incomplete(.escape) }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw .malformed("a command is missing behind |")
        }
        return text
    }

    private static func unknown(_ sign: String) -> ShellSyntaxError {
        .malformed("\(sign) is not known here, only |, <, >, >> and ;; quote it if it is meant")
    }
}
