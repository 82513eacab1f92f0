import { defineConfig } from "@playwright/test";

const chromium = {
  browserName: "chromium" as const,
  launchOptions: {
    executablePath: process.env.QIFU_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  },
};
const phone = {
  ...chromium, viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true,
};
const desk = { ...chromium, viewport: { width: 1280, height: 800 } };

// The name of a spec says where it runs: `*.desk.spec.ts` at the desk, `*.wasm.spec.ts` on the phone with WebAssembly only (live
// progress, drafts), every other one on the phone with and without JavaScript.
export default defineConfig({
  testDir: "tests",
  outputDir: "test-results/output",
  globalSetup: "./servers.ts",
  // Two cores: one browser and two servers are enough for them.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  // A test that passes the second time has found something.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["html", { open: "never", outputFolder: "playwright-report" }], ["./last.ts"]],
  use: {
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
  },
  projects: [
    { name: "phone", use: phone, testIgnore: /\.desk\.spec\.ts$/ },
    { name: "phone-nojs", use: { ...phone, javaScriptEnabled: false }, testIgnore: /\.(desk|wasm)\.spec\.ts$/ },
    { name: "desk", use: desk, testMatch: /\.desk\.spec\.ts$/ },
  ],
});
