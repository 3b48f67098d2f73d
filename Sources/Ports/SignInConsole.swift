/// The terminal of somebody who waits for the sign-in that they asked for.
package protocol SignInConsole: Sendable {
    /// Begins to use it; false where there is none.
    ///
    /// With `reading`, keys are taken from it as they are pressed, without echo, lines of any length included; without it
    /// no key is. However the process ends, short of SIGKILL, the terminal is as it was.
    func begin(reading: Bool) -> Bool

    /// The lines that were entered since the last call; none while another program is in the foreground.
    func lines() -> [String]

    /// Shows this in the terminal's last line in place of what was shown so before; nil removes it.
    ///
    /// A terminal that can't overwrite shows nothing.
    func show(_ status: String?)

    /// Removes what is shown, throws away what was typed and not read, and gives the terminal back as it was.
    func end()
}
