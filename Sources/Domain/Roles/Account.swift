/// An AWS account, as the role map names it.
package struct Account: Sendable, Hashable {
    /// Its number: 12 digits.
    package let id: String
    /// The name that its organization gives it (API_Account); empty where nobody knows it.
    package let name: String
    /// Its alias in sign-in addresses (API_ListAccountAliases); empty where it has none.
    package let alias: String

    /// An account of that number; nil where it is not one of 12 digits.
    ///
    /// Control characters, which no name has, are made blanks.
    package init?(id: String, name: String, alias: String) {
        guard id.utf8.count == 12, id.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
            return nil
        }
        self.id = id
        self.name = PrintableText.line(name)
        self.alias = PrintableText.line(alias)
    }
}
