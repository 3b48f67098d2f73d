/// A variable of a process's environment.
package struct EnvironmentVariable: Sendable, Hashable {
    /// The name.
    package let name: String
    /// The value.
    package let value: Secret

    /// A variable with that name and value.
    package init(_ name: String, _ value: Secret) {
        self.name = name
        self.value = value
    }
}
