import Domain
import OpenSSL
import Ports

/// The tool that this one replaces: it knows its own file only, and no right.
struct GoTool: Sendable {
    let world: World
    let process: SimulatedProcess

    func runs() async {
        let simulation = world.simulation
        let folder = world.folder.seen(by: process)
        let name = OpenSSLCryptography().digest(Array(world.key.text.utf8), .sha256)
            .map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
        guard let bytes = try? folder.read(name), let old = PlainCoding().decode(bytes), let token = old.refreshToken,
            !old.isLive(at: VirtualTime(process: process).now())
        else { return }
        let began = simulation.now
        let (answer, _) = await world.provider.refresh(token.revealed, by: process, isByGo: true)
        guard !process.isDead, case .granted(let session, let number) = answer else { return }
        let expiry = VirtualTime.start + Int64(simulation.now) + world.plan.life
        guard
            let tokens = PlainCoding.tokens(
                access: "g\(session).\(number)", expiry: expiry, idToken: "i\(session).\(number)@\(expiry)",
                refresh: StandInProvider.token(session, number)), let bytes = PlainCoding().encode(tokens)
        else { return }
        world.origins[tokens] = World.Origin(session: session, began: began, made: simulation.now, isByGo: true)
        try? folder.overwrite(name, with: bytes)
    }
}
