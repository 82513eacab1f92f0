import base from "../playwright.config.ts";

// Not a test: four people's work from beginning to end, counted. `make walks` prints the table.
export default { ...base, testDir: ".", testMatch: /walks\.ts$/, outputDir: "../test-results/walks", globalSetup: "../servers.ts", reporter: [["line"]],
  projects: base.projects!.filter(({ name }) => name === "phone").map((project) => ({ ...project, testIgnore: undefined })) };
