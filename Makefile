# The doors of the project: `make demo`, `make test`; `make help` names them all.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.SUFFIXES:
.NOTPARALLEL:

BIN := .venv/bin
PYTHON := $(BIN)/python
BUILD := build
OPERATOR_ARCHIVE := $(BUILD)/libfeature_extractor_operator_archive.a
SANITIZED_BUILD := build-sanitize
SANITIZED_OPERATORS_BUILD := build-sanitize-operators
RACE_BUILD := build-race
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PACKAGE := python/feature_extractor
REGISTRY := operators/registry.json

# Ninja says that it has nothing to do even when it is to be quiet.
QUIETLY := --quiet | sed '/^ninja: no work to do\.$$/d'

# Without this a pip or pyenv configuration outside of the project could choose other packages.
export PIP_REQUIRE_VIRTUALENV := 1
export PYTHONNOUSERSITE := 1
# Without a locale, as on a bare machine, Java opens no file whose name goes beyond ASCII; messages of the system are English.
export LC_ALL := C.UTF-8
# Tests start the command line hundreds of times, and each time it would be compiled anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## Name the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: ## Install what is missing: system packages, .venv, Python packages.
	@scripts/bootstrap.sh

# CMake is asked again only when it must be; Ninja asks it when a build file or the set of sources changed.
$(BUILD)/build.ninja: | setup
	@echo "build: configuring $(BUILD)"
	@cmake -S . -B $(BUILD) -G Ninja -DPython_EXECUTABLE="$(CURDIR)/$(PYTHON)" \
	  -Dpybind11_DIR="$$($(PYTHON) -m pybind11 --cmakedir)" >$(BUILD).log 2>&1 \
	  || { cat $(BUILD).log; rm -f $(BUILD).log; exit 1; }; rm -f $(BUILD).log

.PHONY: native
native: setup $(BUILD)/build.ninja
	@if [ ! -f $(BUILD)/.ninja_log ]; then echo "build: compiling the core, which takes some minutes"; \
	  if [ -t 1 ]; then exec cmake --build $(BUILD) --parallel $(JOBS); fi; fi; \
	  cmake --build $(BUILD) --parallel $(JOBS) -- $(QUIETLY)

# The package is imported from the source tree, with the module that stands in the build folder.
.PHONY: build
build: native ## Compile the core and make `import feature_extractor` work in .venv.
	@scripts/link_package.sh $(BUILD) $(PYTHON)

.PHONY: c-library
c-library: setup $(BUILD)/build.ninja ## Build libfeature_extractor.so, the C interface.
	@grep -q FEATURE_EXTRACTOR_C:BOOL=ON $(BUILD)/CMakeCache.txt || cmake -B $(BUILD) -DFEATURE_EXTRACTOR_C=ON >/dev/null
	@cmake --build $(BUILD) --parallel $(JOBS) --target feature_extractor_c fx_plugin_registry -- $(QUIETLY)

# Other builds link the operators from here instead of compiling them once more.
.PHONY: operator-archive
operator-archive: setup $(BUILD)/build.ninja
	@cmake --build $(BUILD) --parallel $(JOBS) --target feature_extractor_operator_archive -- $(QUIETLY)

.PHONY: registry
registry: native ## Write operators/registry.json from the compiled operators.
	@$(BUILD)/feature_extractor_registry >$(REGISTRY).new
	@if cmp -s $(REGISTRY).new $(REGISTRY); then rm $(REGISTRY).new; else \
	  mv $(REGISTRY).new $(REGISTRY); echo "wrote $(REGISTRY)"; fi

.PHONY: docs
docs: registry ## Write the operator reference, docs/operators/, the grammars of editors and the cards of rules.
	@$(PYTHON) scripts/generate_operator_reference.py
	@$(PYTHON) scripts/generate_highlights.py
	@$(PYTHON) scripts/generate_rule_cards.py

.PHONY: operator-coverage
operator-coverage: build ## Count what the cases of operators cover, and keep the numbers as the least.
	@$(PYTHON) scripts/count_operator_coverage.py --write

.PHONY: lint
lint: setup ## Check style and types.
	@echo "lint: ruff" && $(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@echo "lint: mypy" && $(BIN)/mypy --no-error-summary
	@echo "lint: shellcheck" && $(BIN)/shellcheck scripts/*.sh .ci/run
	@echo "lint: clang-format" && scripts/check_cpp_format.sh $(BIN)/clang-format

.PHONY: format
format: setup ## Format Python and C++.
	@$(BIN)/ruff check --quiet --fix-only . && $(BIN)/ruff format --quiet .
	@scripts/check_cpp_format.sh $(BIN)/clang-format --fix

.PHONY: native-test
native-test: operator-archive ## Run the C++ tests with the address and undefined behaviour sanitizers.
	@[ -f $(SANITIZED_BUILD)/build.ninja ] || { echo "build: configuring $(SANITIZED_BUILD)"; \
	  cmake -S . -B $(SANITIZED_BUILD) -G Ninja -DFEATURE_EXTRACTOR_PYTHON=OFF -DFEATURE_EXTRACTOR_TESTS=ON \
	  -DFEATURE_EXTRACTOR_SANITIZE=ON -DFEATURE_EXTRACTOR_OPERATOR_ARCHIVE="$(CURDIR)/$(OPERATOR_ARCHIVE)" >/dev/null; }
	@cmake --build $(SANITIZED_BUILD) --parallel $(JOBS) --target feature_extractor_native_tests -- $(QUIETLY)
	@ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  ctest --test-dir $(SANITIZED_BUILD) --output-on-failure >$(SANITIZED_BUILD)/ctest.log 2>&1 \
	  || { cat $(SANITIZED_BUILD)/ctest.log; exit 1; }
	@echo "native tests under sanitizers: passed"

# The operators themselves are compiled anew here, which takes as long as all of the core. A worker that a sanitizer ends is replaced.
# Java cannot run with the library of the sanitizer in front of it.
SANITIZED_TESTS := tests/operators/test_operators.py tests/operators/test_hostile_arguments.py tests/operators/test_random_programs.py tests/python/test_unaligned_arrow.py \
  tests/requests --ignore=tests/requests/test_java_messages.py
.PHONY: sanitize-operators
sanitize-operators: setup ## Run the cases of all operators with the address and undefined behaviour sanitizers.
	@[ -f $(SANITIZED_OPERATORS_BUILD)/build.ninja ] || { echo "build: configuring $(SANITIZED_OPERATORS_BUILD)"; \
	  cmake -S . -B $(SANITIZED_OPERATORS_BUILD) -G Ninja -DPython_EXECUTABLE="$(CURDIR)/$(PYTHON)" \
	  -Dpybind11_DIR="$$($(PYTHON) -m pybind11 --cmakedir)" -DFEATURE_EXTRACTOR_SANITIZE=ON >/dev/null; }
	@cmake --build $(SANITIZED_OPERATORS_BUILD) --parallel $(JOBS) --target _native -- $(QUIETLY)
	@scripts/sanitize_operators.sh $(SANITIZED_OPERATORS_BUILD) $(PYTHON) $(SANITIZED_TESTS) -m "not slow" -n $(JOBS) --max-worker-restart=100
	@echo "operators under sanitizers: passed"

.PHONY: native-race-test
native-race-test: operator-archive ## Run the C++ tests of threads with the thread sanitizer.
	@[ -f $(RACE_BUILD)/build.ninja ] || { echo "build: configuring $(RACE_BUILD)"; \
	  cmake -S . -B $(RACE_BUILD) -G Ninja -DFEATURE_EXTRACTOR_PYTHON=OFF -DFEATURE_EXTRACTOR_TESTS=ON \
	  -DFEATURE_EXTRACTOR_SANITIZE_THREADS=ON -DFEATURE_EXTRACTOR_OPERATOR_ARCHIVE="$(CURDIR)/$(OPERATOR_ARCHIVE)" >/dev/null; }
	@cmake --build $(RACE_BUILD) --parallel $(JOBS) --target feature_extractor_native_tests -- $(QUIETLY)
	@$(RACE_BUILD)/feature_extractor_native_tests --gtest_brief=1 --gtest_filter='CApi*:CatalogueThreads.*:PluginTable.*'
	@echo "native tests of threads under the thread sanitizer: passed"

.PHONY: test
test: build c-library lint native-test jars ## Check everything that CI checks; the last line is pytest's.
	@scripts/bootstrap.sh --tests && scripts/bootstrap.sh --jvm
	@$(PYTHON) -m pytest -m "not slow" -n $(JOBS) --dist loadgroup --no-loadscope-reorder

.PHONY: test-slow
test-slow: build c-library native-race-test jars ## Run the tests that take minutes.
	@scripts/bootstrap.sh --jvm && scripts/bootstrap.sh --spark35 && scripts/bootstrap.sh --spark43
	@$(PYTHON) -m pytest -m slow

.PHONY: demo
demo: build ## Rank real groceries: compile, extract, compare.
	@$(PYTHON) examples/grocery/demo.py

# What is served is made by the demo, and the model by a script that reads the demo's features.
.PHONY: serve
serve: build ## Serve the groceries with a small model: http://127.0.0.1:8000.
	@[ -f demo_output/grocery.fxp ] && [ -f demo_output/features.parquet ] || $(PYTHON) examples/grocery/demo.py
	@[ -f demo_output/request.json ] && [ demo_output/grocery.onnx -nt demo_output/grocery.fxp ] || $(PYTHON) examples/serving/train.py
	@$(BIN)/fx serve demo_output/grocery.fxp --model demo_output/grocery.onnx --example demo_output/request.json --watch demo_output/grocery.fxp

.PHONY: bench
bench: build ## Measure, beside what one would use instead.
	@$(PYTHON) -m pytest benches --benchmark-only --benchmark-sort=name

# One part for each kind of package; `make package` is all of them.
.PHONY: package
package: package-wheel package-c package-jars ## Write what can be installed elsewhere to dist/.

.PHONY: package-wheel
package-wheel: operator-archive
	@scripts/package_wheel.sh $(PYTHON) $(OPERATOR_ARCHIVE)

.PHONY: package-c
package-c: c-library
	@scripts/package_c_library.sh $(BUILD)

.PHONY: native-jni
native-jni: setup $(BUILD)/build.ninja
	@scripts/bootstrap.sh --java
	@grep -q FEATURE_EXTRACTOR_JNI:BOOL=ON $(BUILD)/CMakeCache.txt || cmake -B $(BUILD) -DFEATURE_EXTRACTOR_JNI=ON >/dev/null
	@cmake --build $(BUILD) --parallel $(JOBS) --target feature_extractor_jni -- $(QUIETLY)

.PHONY: jars
jars: build native-jni ## Build the jars for the JVM, Spark and Flink and run their tests.
	@echo "jars: Maven builds them and runs their tests"
	@scripts/build_jars.sh $(BUILD) $(PYTHON) verify

.PHONY: package-jars
package-jars: build native-jni
	@scripts/package_jars.sh $(BUILD) $(PYTHON)

.PHONY: new-operator
new-operator: setup ## Start an operator: make new-operator FAMILY=math NAME=cube
	@$(PYTHON) scripts/new_operator.py "$(FAMILY)" "$(NAME)"

.PHONY: clean
clean: ## Remove what was built; keeps .venv.
	@rm -rf $(BUILD) $(SANITIZED_BUILD) $(SANITIZED_OPERATORS_BUILD) $(RACE_BUILD) jvm_bindings/*/target dist demo_output .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find $(PACKAGE) -name '_native*.so' -delete
	@find python tests scripts examples -name __pycache__ -type d -prune -exec rm -rf {} +
