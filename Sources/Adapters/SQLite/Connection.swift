import CSQLite

/// What a column holds, or a parameter.
enum Value {
    case none
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
}

/// An open database, closed with its last owner; used by one thread at a time.
final class Connection {
    private let handle: OpaquePointer

    /// How long a call waits for other processes' moments of writing, in seconds.
    static let patience = 10

    /// Opens the file, which must be there.
    ///
    /// - Parameter isImmutable: whether it is read as it stands, without locks, log or shared memory.
    init(_ path: String, isImmutable: Bool = false) throws(SQLiteFailure) {
        try SQLiteLibrary.load()
        var opened: OpaquePointer?
        let flags = isImmutable ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE
        let name = isImmutable ? "file:\(Self.encoded(path))?immutable=1" : path
        let code = aws_oidc_sqlite_open(name, &opened, flags | SQLITE_OPEN_FULLMUTEX)
        guard let opened else { throw SQLiteFailure(code: code, systemError: 0, message: "no memory") }
        handle = opened
        guard code == SQLITE_OK else { throw failure() }
        aws_oidc_sqlite_use_extended_codes(handle)
        setPatience(seconds: Self.patience)
    }

    /// Lets calls wait so long for other processes' moments of writing.
    func setPatience(seconds: Int) {
        aws_oidc_sqlite_set_patience(handle, Int32(seconds * 1000))
    }

    deinit { aws_oidc_sqlite_close(handle) }

    /// Runs one statement; gives its rows.
    @discardableResult
    func run(_ statement: String, _ values: Value...) throws(SQLiteFailure) -> [[Value]] {
        var prepared: OpaquePointer?
        guard aws_oidc_sqlite_prepare(handle, statement, &prepared) == SQLITE_OK, let prepared else {
            throw failure()
        }
        defer { aws_oidc_sqlite_finalize(prepared) }
        for (place, value) in values.enumerated() {
            guard Self.bind(value, to: Int32(place + 1), of: prepared) == SQLITE_OK else { throw failure() }
        }
        var rows: [[Value]] = []
        while true {
            switch aws_oidc_sqlite_step(prepared) {
            case SQLITE_ROW:
                rows.append((0..<aws_oidc_sqlite_column_count(prepared)).map { Self.column($0, of: prepared) })
            case SQLITE_DONE: return rows
            default: throw failure()
            }
        }
    }

    /// The number that a statement gives.
    func number(_ statement: String) throws(SQLiteFailure) -> Int64 {
        try run(statement).first?.first?.integer ?? 0
    }

    /// Runs the body alone among all that write, and keeps all that it wrote, or nothing.
    func alone<Result>(_ body: () throws(SQLiteFailure) -> Result) throws(SQLiteFailure) -> Result {
        try run("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // Where SQLite has given up the transaction itself, this fails, and does no harm.
            _ = try? run("ROLLBACK")
            throw error
        }
    }

    private func failure() -> SQLiteFailure {
        SQLiteFailure(
            code: aws_oidc_sqlite_code(handle), systemError: aws_oidc_sqlite_system_error(handle),
            message: String(cString: aws_oidc_sqlite_message(handle)))
    }

    private static func bind(_ value: Value, to place: Int32, of statement: OpaquePointer) -> Int32 {
        switch value {
        case .none: aws_oidc_sqlite_bind_null(statement, place)
        case .integer(let integer): aws_oidc_sqlite_bind_integer(statement, place, integer)
        case .text(let text): aws_oidc_sqlite_bind_text(statement, place, text, Int32(text.utf8.count))
        case .bytes(let bytes): aws_oidc_sqlite_bind_blob(statement, place, bytes, Int32(bytes.count))
        }
    }

    private static func column(_ place: Int32, of statement: OpaquePointer) -> Value {
        switch aws_oidc_sqlite_column_type(statement, place) {
        case SQLITE_INTEGER:
            return .integer(aws_oidc_sqlite_column_integer(statement, place))
        case SQLITE_TEXT:
            return aws_oidc_sqlite_column_text(statement, place).map { .text(String(cString: $0)) } ?? .none
        case SQLITE_BLOB:
            let start = aws_oidc_sqlite_column_blob(statement, place)
            let count = Int(aws_oidc_sqlite_column_bytes(statement, place))
            return .bytes(Array(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)))
        default:
            return .none
        }
    }

    /// A path as part of a `file:` address.
    private static func encoded(_ path: String) -> String {
        path.reduce(into: "") { text, character in
            switch character {
            case "%": text += "%25"
            case "?": text += "%3f"
            case "#": text += "%23"
            default: text.append(character)
            }
        }
    }
}
