# Every target stands alone and asks no questions. `make` builds; `make demo` and `make test` are where to begin.

PREFIX ?= /usr/local
CHECKED := --explicit-target-dependency-import-check error
RELEASED := .build/release
# A test that hangs ends the run, and does not wait for somebody to notice.
LIMITED := $(shell command -v timeout >/dev/null && echo timeout -k 10 1800)

.PHONY: all setup build demo test torture seeds verify cluster lint bench release install clean
.NOTPARALLEL:
# `make demo BROWSER=real` is a word to us, not a browser's name for the programs that we start.
unexport BROWSER

all: build

setup: ## Installs the system packages that are missing (Debian, Ubuntu)
	@scripts/setup.sh

build: setup ## Builds everything, for debugging
	swift build $(CHECKED)

demo: build ## Signs in and gets credentials, against servers on this machine; BROWSER=real opens yours
	BROWSER_MODE=$(if $(filter real,$(BROWSER)),real,scripted) scripts/demo.sh "$$(swift build --show-bin-path)"

test: setup lint ## Everything that must hold: lint, tests, linkage of the release, the real servers and clients
	@scripts/setup.sh dash fish zsh
	swift build --build-tests $(CHECKED)
	scripts/test.sh $(LIMITED)
	scripts/release.sh
	scripts/release.sh aws-oidc-config-probe aws-oidc-signer-probe aws-oidc-stand-ins
	scripts/test-real.sh $(RELEASED)

torture: setup ## Kills at every storage call, also of configure, and lets each fail (half an hour); QUICK=1 for a sample, ALL=1 for every error
	swift build --product aws-oidc-store-probe $(CHECKED)
	python3 scripts/torture.py "$$(swift build --show-bin-path)/aws-oidc-store-probe" \
	    $(if $(QUICK),--quick,$(if $(ALL),,--most 40))
	for product in aws-oidc-client aws-oidc-stand-ins; do swift build --product $$product $(CHECKED) || exit 1; done
	python3 scripts/torture-config.py "$$(swift build --show-bin-path)" $(if $(QUICK),--every 5)

seeds: setup ## The store that hosts share, over a file system that lies, in SEEDS orders (5000, 3 min); AWS_OIDC_SEED=N shows one
	swift build --build-tests $(CHECKED)
	AWS_OIDC_SEEDS=$(or $(SEEDS),5000) swift test --skip-build --filter ProtocolTests

verify: ## Searches the model of the shared token cache, docs/cache-protocol.pml, state by state with Spin
	@scripts/setup.sh spin
	@scripts/verify.sh

cluster: setup ## Many hosts over one folder, killed and stopped meanwhile (4 min); HOSTS, PROCESSES, SECONDS, SEED, SSHFS=1
	swift build --product aws-oidc-cluster-node $(CHECKED)
	swift build --product aws-oidc-stand-ins $(CHECKED)
	env HOSTS=$(HOSTS) PROCESSES=$(PROCESSES) SECONDS=$(SECONDS) SEED=$(SEED) SSHFS=$(SSHFS) \
	    python3 scripts/cluster.py "$$(swift build --show-bin-path)"

lint: setup
	swift format lint --strict -r -p Package.swift Sources Tests

release: setup ## Builds what is installed, and checks that it starts and what it links
	scripts/release.sh

bench: release ## Measures time, memory, system calls, requests and serving against their limits
	@scripts/setup.sh wrk nginx
	scripts/release.sh aws-oidc-stand-ins
	scripts/release.sh aws-oidc-store-probe
	scripts/bench.sh $(RELEASED)

install: ## Installs what `make release` built, under $(DESTDIR)$(PREFIX)
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install.sh $(RELEASED)

clean:
	rm -rf .build .venv
