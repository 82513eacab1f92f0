// Says at the very end, in a few lines each, what failed: where only the end of a log is kept, it is otherwise a list of screenshots.

import type { FullConfig, Reporter, Suite, TestCase } from "@playwright/test/reporter";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** Lines of an error that are shown: the sentence, what was expected, what was there, and the line of the test. */
const MOST = 16;

export default class Last implements Reporter {
  private suite: Suite | undefined;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.suite = suite;
  }

  onEnd(): void {
    for (const test of this.suite?.allTests() ?? []) {
      if (test.outcome() === "unexpected") console.log(this.words(test));
    }
  }

  printsToStdio(): boolean {
    return false;
  }

  private words(test: TestCase): string {
    const where = `${relative(process.cwd(), test.location.file)}:${test.location.line}`;
    const errors = test.results.flatMap((result) => result.errors.map((error) => error.message ?? error.value ?? ""));
    const lines = errors.flatMap((error) => stripVTControlCharacters(error).split("\n").filter((line) => line.trim() !== "").slice(0, MOST));
    const took = Math.round(test.results.reduce((sum, result) => sum + result.duration, 0) / 1000);
    const steps = test.results.flatMap((result) => result.steps).filter((step) => step.error).map((step) => `at "${step.title}"`);
    return [`\n${where} › ${test.title} (${took} s) ${steps.join(", ")}`, ...lines.map((line) => `    ${line}`)].join("\n");
  }
}
