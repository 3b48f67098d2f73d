import Ports
import StoreProbe
import Testing

extension TokenStoreContract {
    /// Full and read-only disks, in mount namespaces of the probe's own.
    @Suite("Disks that can't be written", .enabled("mount namespaces are to be had") { await Mounts.isPossible() })
    struct Disks {
        /// The start of each script: a small disk of its own at `$d`, and how the probe is told of it.
        private func onSmallDisk(_ backend: Backend, size: String, _ script: String) async throws -> (
            lines: [String], workspace: Workspace
        ) {
            let place = Place(backend)
            let words = place.words.joined(separator: " ")
            let lines = try #require(
                await Mounts.run(
                    """
                    mkdir \(place.folder); mount -t tmpfs -o size=\(size),mode=700 tmpfs \(place.folder)
                    probe() { c=$1; shift; "$0" $c \(words) "$@" || true; }
                    fill() { dd if=/dev/zero of=\(place.folder)/filler bs=1k 2>/dev/null || true; }
                    f=\(place.folder); log=\(place.workspace.path("log"))
                    cd \(place.workspace.path)
                    """ + "\n" + script))
            return (lines, place.workspace)
        }

        @Test(
            "where no successor could be stored nothing is spent, and what is live serves",
            arguments: Backend.withOneDisk)
        func reserve(_ backend: Backend) async throws {
            let (lines, workspace) = try await onSmallDisk(
                backend, size: backend == .sqlite ? "160k" : "64k",
                """
                probe produce token=live
                probe produce force reserve log=$log
                probe read
                fill
                probe produce force reserve log=$log
                probe produce
                """)
            try #require(lines.count == 5)
            #expect(lines[0] == "access-live refresh-live")
            #expect(lines[1].hasPrefix("error the token cache ") && lines[1].contains("No space left on device"))
            #expect(lines[2] == "access-live refresh-live")
            #expect(lines[3].hasPrefix("error the token cache "))
            #expect(lines[4] == "access-live refresh-live")
            #expect(OnDisk.lines(workspace.path("log")) == [], "the body got past its reservation")
        }

        @Test(
            "on a disk that is full at the end the caller gets the tokens, and why they are not stored",
            arguments: Backend.withOneDisk)
        func unstored(_ backend: Backend) async throws {
            let (lines, _) = try await onSmallDisk(
                backend, size: backend == .sqlite ? "160k" : "64k",
                """
                probe produce token=old
                mkfifo go said; exec 3<>go 4<>said
                probe produce force token=new hold <&3 >&4 &
                read line <&4; echo $line
                fill
                echo >&3
                wait
                read line <&4; echo $line
                probe read
                """)
            try #require(lines.count == 4)
            #expect(lines[0] == "access-old refresh-old")
            #expect(lines[2].hasPrefix("access-new refresh-new unstored: the token cache "))
            #expect(lines[2].contains("No space left on device"))
            #expect(lines[3] == "access-old refresh-old")
        }

        @Test(
            "what was reserved is enough for a checkpoint and its successor on a disk that fills up meanwhile",
            arguments: Backend.allCases)
        func reserved(_ backend: Backend) async throws {
            let (lines, _) = try await onSmallDisk(
                backend, size: "400k",
                """
                probe produce token=old
                mkfifo go said; exec 3<>go 4<>said
                probe produce force token=new reserve checkpoint=rotated hold <&3 >&4 &
                read line <&4; echo $line
                fill
                probe read
                echo >&3
                wait
                read line <&4; echo $line
                probe read
                """)
            try #require(lines.count == 5)
            #expect(lines[2] == "access-old refresh-rotated")
            #expect(lines[3] == "access-new refresh-new", "stored, and said so")
            #expect(lines[4] == "access-new refresh-new")
        }

        @Test(
            "a disk that fills up between reservation and checkpoint does not cost the rotated token",
            arguments: Backend.allCases)
        func fullBeforeCheckpoint(_ backend: Backend) async throws {
            let (lines, _) = try await onSmallDisk(
                backend, size: "400k",
                """
                probe produce token=old
                mkfifo go said; exec 3<>go 4<>said
                probe produce force token=new reserve hold-before checkpoint=rotated <&3 >&4 &
                read line <&4; echo $line
                fill
                echo >&3
                wait
                read line <&4; echo $line
                probe read
                """)
            try #require(lines.count == 4)
            #expect(lines[2] == "access-new refresh-new", "stored, and said so")
            #expect(lines[3] == "access-new refresh-new")
        }

        @Test("a full disk keeps nobody from removing the tokens", arguments: Backend.allCases)
        func removal(_ backend: Backend) async throws {
            let (lines, _) = try await onSmallDisk(
                backend, size: backend == .sqlite ? "160k" : "64k",
                """
                probe produce token=live
                fill
                probe remove
                probe read
                """)
            #expect(lines == ["access-live refresh-live", "removed", "none"])
        }

        @Test("on a read-only disk what is live serves, and nothing else is begun", arguments: Backend.withOneDisk)
        func readOnly(_ backend: Backend) async throws {
            let (lines, workspace) = try await onSmallDisk(
                backend, size: "1m",
                """
                probe produce token=live
                chmod 755 $f
                mount -o remount,ro $f
                probe read
                probe produce
                probe produce force reserve log=$log
                probe remove
                """)
            try #require(lines.count == 5)
            #expect(lines[1] == "access-live refresh-live")
            #expect(lines[2] == "access-live refresh-live")
            #expect(lines[3].hasPrefix("error the token cache ") && lines[3].contains("Read-only file system"))
            #expect(lines[4].hasPrefix("error the token cache "))
            #expect(OnDisk.lines(workspace.path("log")) == [])
        }
    }
}
