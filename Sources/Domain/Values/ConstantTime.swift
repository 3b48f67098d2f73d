/// Comparing what an attacker may guess at: in a time that does not tell how much of a guess was right.
package enum ConstantTime {
    /// Whether both texts have the same UTF-8 bytes; only their lengths can be told from the time it takes.
    ///
    /// Other than with `==`, texts that Unicode calls canonically equivalent differ here.
    package static func areEqual(_ left: String, _ right: String) -> Bool {
        areEqual(Array(left.utf8), Array(right.utf8))
    }

    /// Whether both have the same bytes; only their lengths can be told from the time it takes.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices {
            difference |= left[index] ^ right[index]
        }
        return difference == 0
    }
}
