package import Domain
package import Ports

/// Gives a person's roles profiles in AWS's config file: computed first, shown, then written.
package struct ConfigureProfiles: Sendable {
    let key: TokenKey
    let address: ConfigServiceAddress
    let tokens: ObtainTokens
    let service: any ConfigService
    let file: any ConfigFile
    let memory: any ConfigureMemory
    let prompter: any Prompter
    let time: any TimeSource
    let notices: any Notices
    let log: any Log

    /// The use case for that client's tokens and that service.
    package init(
        key: TokenKey, address: ConfigServiceAddress, tokens: ObtainTokens, service: any ConfigService,
        file: any ConfigFile, memory: any ConfigureMemory, prompter: any Prompter, time: any TimeSource,
        notices: any Notices, log: any Log
    ) {
        (self.key, self.address, self.tokens, self.service) = (key, address, tokens, service)
        (self.file, self.memory, self.prompter) = (file, memory, prompter)
        (self.time, self.notices, self.log) = (time, notices, log)
    }

    /// Does what is asked for; nothing is written unless the outcome says so.
    package func callAsFunction(_ request: ConfigureRequest, _ attendance: Attendance) async throws(ConfigureProblem)
        -> ConfigureOutcome
    {
        let remembered = remembered
        let known = try request.completed(with: remembered)
        try checkAttendance(known)
        if !known.isUnattended, let asBefore = known.asBefore { notices.tell("configure is \(asBefore).") }
        // Before anybody is asked to sign in: a file that can't be edited ends it here.
        let before = known.mode == .print ? nil : try load()
        if let objection = before?.document.strictObjection {
            notices.warn(
                "botocore, which the AWS CLI is made with, can't read \(file.path): \(objection). Correct that by hand."
            )
        }
        let granted = try await granted(attendance, isSilent: known.mode == .check)
        let answers = try ConfigureQuestions(
            request: known, granted: granted, client: key.clientID, remembered: remembered, prompter: prompter)()
        warn(answers.warnings, "names like that")
        if known.mode == .print { return .printed(try text(answers)) }
        // Somebody else may write the file while a person thinks: then they see what is different now.
        for _ in 0..<tries {
            do {
                return try carryOut(answers, known, granted, before)
            } catch .file(.changed) {
                if !known.isUnattended { notices.tell("\(file.path) was changed by somebody else meanwhile.") }
            }
        }
        throw .file(.changed(path: file.path))
    }

    private var tries: Int { 10 }

    /// What was told the last time: of another service nothing but the region.
    private var remembered: RememberedConfiguration {
        let all = memory.recall()
        let isSame =
            all.issuerURL == key.issuer.text && all.clientID == key.clientID.text
            && (try? all.configURL.map(ConfigServiceAddress.init))?.request == address.request
        if isSame { return all }
        var some = RememberedConfiguration()
        some.region = all.region
        return some
    }

    /// Fails where a question would stay open.
    private func checkAttendance(_ request: ConfigureRequest) throws(ConfigureProblem) {
        if request.mode == .check, !request.answersAll { throw .unknown(flags: request.openFlags) }
        guard let obstacle = prompter.obstacle else { return }
        var flags = request.openFlags
        if request.mode == .write, !request.isSure, request.manner.prunes { flags.append("--yes") }
        if !flags.isEmpty { throw .noTerminal(reason: obstacle, flags: flags) }
    }

    private func granted(_ attendance: Attendance, isSilent: Bool) async throws(ConfigureProblem) -> GrantedRoles {
        let token: Secret
        do {
            token = try await tokens(.idToken, isSilent ? .silently(by: Deadline(in: 30, time)) : .attended(attendance))
                .idToken
        } catch .notSilently {
            throw .notSignedIn(key)
        } catch {
            throw .signIn(error)
        }
        let granted: GrantedRoles
        do {
            granted = try await service.granted(to: token, issuer: key.issuer, at: address)
        } catch {
            throw .service(error)
        }
        log.write(
            .info, "roles granted",
            ["service": address.host, "roles": "\(granted.roles.count)", "refused": "\(granted.refused.count)"])
        report(granted)
        guard !granted.roles.isEmpty else {
            throw .nothingGranted(
                host: address.host, conditional: granted.conditional.count, refused: granted.refused.count)
        }
        return granted
    }

    private func text(_ answers: ConfigureAnswers) throws(ConfigureProblem) -> String {
        do {
            return try ProfilePlan.text(answers.profiles, region: answers.region, issuer: key.issuer)
        } catch {
            throw .unprintable(error)
        }
    }

    /// The file's bytes, nil where there is none, and what they say.
    private typealias Loaded = (bytes: [UInt8]?, document: ConfigDocument)

    /// Reads the file; one that is as it was is not taken apart again.
    private func load(knowing before: Loaded? = nil) throws(ConfigureProblem) -> Loaded {
        let bytes: [UInt8]?
        do {
            bytes = try file.load()
        } catch {
            throw .file(error)
        }
        if let before, before.bytes == bytes { return before }
        do {
            return (bytes, try bytes.map { bytes throws(ConfigSyntaxError) in try ConfigDocument(bytes) } ?? .empty)
        } catch {
            throw .noFormat(path: file.path, error)
        }
    }

    private func plan(
        _ answers: ConfigureAnswers, _ manner: ProfilePlan.Manner, _ granted: GrantedRoles, in document: ConfigDocument
    ) throws(ConfigureProblem) -> ProfilePlan {
        do {
            return try ProfilePlan(
                answers.profiles, region: answers.region, issuer: key.issuer, in: document, manner: manner,
                standing: granted.standing(earlier: answers.remembered.knownAccounts))
        } catch {
            throw .edit(path: file.path, error)
        }
    }

    private func carryOut(
        _ answers: ConfigureAnswers, _ request: ConfigureRequest, _ granted: GrantedRoles, _ before: Loaded?
    ) throws(ConfigureProblem) -> ConfigureOutcome {
        let (bytes, document) = try load(knowing: before)
        var plan = try plan(answers, request.manner, granted, in: document)
        if request.mode == .write, request.manner.prunes, !request.isSure, !plan.prunable.isEmpty {
            prompter.show(
                "The \(plan.prunable.count == 1 ? "role of this profile is" : "roles of these profiles are") gone:\n"
                    + plan.prunable.map { "  \(PrintableText.line($0))\n" }.joined())
            let count = plan.prunable.count
            if !(try confirm(count == 1 ? "Remove it?" : "Remove these \(count) profiles?", suggesting: false)) {
                var manner = request.manner
                manner.prunes = false
                plan = try self.plan(answers, manner, granted, in: document)
            }
        }
        report(plan, request)
        report(answers.profiles)
        guard !plan.diff.isEmpty else {
            if request.mode == .write { remember(answers) }
            return .upToDate(path: file.path, skipped: plan.skipped.count)
        }
        guard request.mode == .write else { return .pending(plan.diff, path: file.path) }
        if !request.isSure, !request.answersAll {
            prompter.show(plan.diff.text(limit: 30))
            let isWanted = try confirm("Write this to \(file.path) (\(plan.diff.summary))?", suggesting: true)
            guard isWanted else { throw .declined(path: file.path) }
        }
        let backup: String?
        do {
            backup = try file.replace(bytes, with: plan.result.bytes)
        } catch {
            throw .file(error)
        }
        log.write(.info, "config file written", ["path": file.path, "changes": plan.diff.summary])
        remember(answers)
        return .written(plan.diff, path: file.path, backup: backup)
    }

    private func remember(_ answers: ConfigureAnswers) {
        var configuration = answers.remembered
        (configuration.issuerURL, configuration.clientID) = (key.issuer.text, key.clientID.text)
        configuration.configURL = address.text
        let lost = configuration.unwritable
        if !lost.isEmpty {
            notices.warn(
                "\(lost.joined(separator: " and ")) could not be remembered, since no line of a file can hold the value: "
                    + "the next time, say again which roles get profiles.")
        }
        if let problem = memory.remember(configuration) {
            notices.warn("the next time goes by what was chosen before, if anything, and not by this: \(problem)")
        }
    }

    private func confirm(_ question: String, suggesting: Bool) throws(ConfigureProblem) -> Bool {
        do {
            return try prompter.confirm(question, suggesting: suggesting)
        } catch {
            throw ConfigureProblem(error)
        }
    }
}
