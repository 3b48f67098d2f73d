import Domain
import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Makes the calls on the store that are asked for, one after the other.
struct ServantDesk: Sendable {
    let store: any TokenStore
    let socket: MessageSocket
    let mailbox: ServantMailbox

    /// Why a body ended here: it has, over there.
    private struct Ended: Error {}

    func answer(_ request: ServantRequest) async {
        guard !socket.isHungUp else { return }
        switch request {
        case .alive, .farewell: break
        case .read(let name):
            reply(name) { key throws(TokenStoreError) in .stored(try store.read(key).flatMap { .init($0) }) }
        case .lastChange(let name):
            reply(name) { key throws(TokenStoreError) in
                let last = try store.lastChange(key)
                return .changed(generation: last.generation, isRemoval: last.isRemoval)
            }
        case .damage(let name):
            reply(name) { key throws(TokenStoreError) in
                if let damage = store.damage(key) { throw damage }
                return .done
            }
        case .remove(let name):
            reply(name) { key throws(TokenStoreError) in
                try store.remove(key)
                return .done
            }
        case .produce(let name, let purpose, let deadline):
            guard let key = name.key, let purpose = ProductionPurpose(rawValue: purpose) else { return hangUp() }
            await produce(key, purpose, deadline.map { Deadline(uptime: $0) })
        case .verdict, .newest, .reserve, .spend, .keep, .checkpoint, .noteRefused, .finish:
            // Nothing of that is under way.
            hangUp()
        }
    }

    private func produce(_ key: TokenKey, _ purpose: ProductionPurpose, _ deadline: Deadline?) async {
        do {
            let produced = try await store.produce(
                key, purpose, waitingUntil: deadline,
                isEnough: { asked(ServantAnswer.isEnough, $0) }, isRight: { asked(ServantAnswer.isRight, $0) },
                body: { production throws(ProductionStop) in try await body(production) })
            guard let record = Data(record: produced.tokens) else { return hangUp() }
            send(
                .produced(
                    record, unstored: produced.unstored.map { .init($0) }, isDropped: produced.isDropped))
        } catch .stopped {
            send(.stopped)
        } catch {
            send(.failed(.init(error)))
        }
    }

    /// Runs what the other side does under the right.
    private func body(_ production: any TokenProduction) async throws(ProductionStop) -> TokenSet {
        guard !mailbox.isOver else { throw ProductionStop(Ended()) }
        send(.body)
        // What was asked by somebody who then lost patience must not be done late: that one goes on as if it never were.
        var last: TokenSet?
        while let request = await mailbox.next() {
            // Whether it took leave shows when all that it sent has been read.
            if socket.isHungUp {
                if case .checkpoint(let bytes) = request { last = bytes.record }
                continue
            }
            switch request {
            case .alive, .farewell: break
            case .newest:
                answer { () throws(TokenStoreError) in .stored(try production.newest().flatMap { .init($0) }) }
            case .reserve: perform { () throws(TokenStoreError) in try production.reserve() }
            case .spend(let token): await spend(Secret(token), production)
            case .keep(let token): perform { () throws(TokenStoreError) in production.keep(Secret(token)) }
            case .checkpoint(let bytes):
                guard let tokens = bytes.record else { throw ProductionStop(Ended()) }
                perform { () throws(TokenStoreError) in try production.checkpoint(tokens) }
            case .noteRefused(let token):
                perform { () throws(TokenStoreError) in try production.noteRefused(Secret(token)) }
            case .finish(let bytes):
                guard let tokens = bytes?.record else { throw ProductionStop(Ended()) }
                return tokens
            case .read, .lastChange, .damage, .remove, .produce, .verdict:
                throw ProductionStop(Ended())
            }
        }
        if mailbox.hasFarewell { throw ProductionStop(Ended()) }
        // Of one that is dead nothing comes late: what it was given for the token that it sent is saved.
        if let last { try? production.checkpoint(last) }
        throw ProductionStop(ProducerLost())
    }

    private func spend(_ refreshToken: Secret, _ production: any TokenProduction) async {
        do {
            switch try await production.spend(refreshToken) {
            case .allowed(let end): send(.spending(isAllowed: true, sentBy: end))
            case .spent: send(.spending(isAllowed: false, sentBy: nil))
            }
        } catch {
            send(.failed(.init(error)))
        }
    }

    private func asked(_ question: (Data) -> ServantAnswer, _ tokens: TokenSet) -> Bool {
        guard let record = Data(record: tokens) else { return false }
        send(question(record))
        guard case .verdict(let isSo) = mailbox.nextAtOnce() else { return false }
        return isSo
    }

    private func perform(_ call: () throws(TokenStoreError) -> Void) {
        answer { () throws(TokenStoreError) in
            try call()
            return .done
        }
    }

    private func reply(_ name: ServantRequest.Key, _ call: (TokenKey) throws(TokenStoreError) -> ServantAnswer) {
        guard let key = name.key else { return hangUp() }
        answer { () throws(TokenStoreError) in try call(key) }
    }

    private func answer(_ call: () throws(TokenStoreError) -> ServantAnswer) {
        do {
            send(try call())
        } catch {
            send(.failed(.init(error)))
        }
    }

    private func send(_ answer: ServantAnswer) { try? socket.send(answer) }

    private func hangUp() { socket.hangUp() }
}
