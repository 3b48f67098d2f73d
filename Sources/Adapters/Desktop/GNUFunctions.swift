#if os(Linux)
    import Glibc

    /// Functions that the C library may have, looked up by name: its headers hide them, or an older one lacks them.
    enum GNUFunctions {
        typealias Accept4 =
            @convention(c) (
                Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?, Int32
            ) -> Int32
        typealias AddCloseFrom =
            @convention(c) (
                UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32
            ) -> Int32

        /// accept4(2): flags that hold from the start.
        static let accept4 = function("accept4", Accept4.self)
        /// From version 2.34 on.
        static let addCloseFrom = function("posix_spawn_file_actions_addclosefrom_np", AddCloseFrom.self)

        private static func function<Signature>(_ name: String, _: Signature.Type) -> Signature? {
            // nil is RTLD_DEFAULT: wherever this program has it from. The types above are those of the manual pages.
            dlsym(nil, name).map { unsafeBitCast($0, to: Signature.self) }
        }
    }
#endif
