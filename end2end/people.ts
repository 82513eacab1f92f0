// Who the tests are: members and staff of the demo data, and the pictures their phones make.

import { expect, type Browser, type Page } from "@playwright/test";

const PASSWORD = "qifu-demo-2026";

/** The mobile number of the demo data's n-th enterprise. Each test takes numbers of its own: codes are limited by number. */
export const mobile = (n: number): string => `138${String(n).padStart(8, "0")}`;

/** Signs a member in. */
export async function signIn(page: Page, phone: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("手机号").fill(phone);
  await page.getByRole("button", { name: "获取验证码" }).click();
  const code = await page.locator("#demo-code").textContent();
  await page.getByLabel("验证码").fill(code ?? "");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.waitForURL(/\/(home|enterprises)$/);
}

/** Signs staff in at the desk. */
export async function signInStaff(page: Page, login: string): Promise<void> {
  await page.goto("/desk/sign-in");
  await page.getByLabel("用户名").fill(login);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.waitForURL(/\/desk(\/account|\/admin|\/figures|\/policies)?$/);
}

/** Files a problem of whoever is signed in, by the form's own post: for tests that look at what comes after. Answers its number. */
export async function filedBy(owner: Page, text: string): Promise<string> {
  const form = { text, contact_name: "联系人", contact_phone: mobile(2) };
  const answer = await owner.request.post("/issues/file", { form, maxRedirects: 0 });
  expect(answer.status(), "filing").toBe(303);
  return answer.headers().location?.split("/")[2] ?? "";
}

/** Gives an issue a command by its form's own post: for steps that a test does not look at. */
export async function give(desk: Page, number: string, command: string, form: Record<string, string> = {}): Promise<void> {
  const answer = await desk.request.post(`/desk/issues/${number}/${command}`, { form, maxRedirects: 0 });
  expect(answer.status(), `${command} of ${number}`).toBe(303);
  // Nobody opened the page that says so: the next one is not to say it.
  await desk.context().clearCookies({ name: "flash" });
}

/** Accepts, dispatches to the department of this name and signs, in the same way. */
export async function signed(centre: Page, lead: Page, number: string, department: string): Promise<void> {
  await give(centre, number, "accept", { category: "drainage", level: "simple", urgency: "normal" });
  const page = await (await centre.request.get(`/desk/issues/${number}`)).text();
  const id = new RegExp(`<option value="(\\d+)"[^>]*>${department}<`).exec(page)?.[1];
  await give(centre, number, "dispatch", { lead: id ?? department });
  await give(lead, number, "sign");
}

/** Opens an action of an issue's page at the desk, fills it in, and sends it; `said` is how it is called once it is done. */
export async function act(
  desk: Page, number: string, action: string, fill: (form: ReturnType<Page["locator"]>) => Promise<void>, said = action,
): Promise<void> {
  await desk.goto(`/desk/issues/${number}`);
  const panel = desk.locator("details.act").filter({ has: desk.locator("summary", { hasText: new RegExp(`^${action}`) }) });
  if ((await panel.getAttribute("open")) === null) await panel.locator("summary").first().click();
  await fill(panel);
  await panel.getByRole("button", { name: action, exact: true }).click();
  await expect(desk.getByRole("status").filter({ hasText: said })).toBeVisible();
}

/** A JPEG of 12 megapixels as a phone held upright makes it: lying on its side, EXIF says how to turn it and where it was taken. */
export async function phonePhoto(browser: Browser, seed: number): Promise<Buffer> {
  const context = await browser.newContext({ javaScriptEnabled: true });
  const page = await context.newPage();
  const base64 = await page.evaluate(async (seed) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 4000, height: 3000 });
    const paint = canvas.getContext("2d")!;
    // Left half red, right half blue: turned upright, red is on top.
    paint.fillStyle = "rgb(210,30,30)";
    paint.fillRect(0, 0, 2000, 3000);
    paint.fillStyle = "rgb(30,30,210)";
    paint.fillRect(2000, 0, 2000, 3000);
    for (let i = 0; i < 4000; i += 1) {
      paint.fillStyle = `hsl(${(i * 47 + seed * 90) % 360} 50% 50%)`;
      paint.fillRect((i * 7919) % 4000, (i * 104729) % 3000, 12, 12);
    }
    const blob = await new Promise<Blob>((done) => canvas.toBlob((made) => done(made!), "image/jpeg", 0.92));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  }, seed);
  await context.close();
  const plain = Buffer.from(base64, "base64");
  // TIFF, big endian: IFD0 with the orientation (6: a quarter turn) and a pointer to a GPS directory.
  const tiff = Buffer.concat([
    Buffer.from("4d4d002a00000008" + "0002", "hex"),
    Buffer.from("011200030000000100060000", "hex"),
    Buffer.from("882500040000000100000026" + "00000000", "hex"),
    Buffer.from("0001" + "00010002000000024e000000" + "00000000", "hex"),
  ]);
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(exif.length + 2);
  return Buffer.concat([plain.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, exif, plain.subarray(2)]);
}

/** Width and height in the frame header of a JPEG. */
export function jpegSize(bytes: Buffer): { width: number; height: number } {
  for (let at = 2; at < bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc3) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw new Error("no frame header");
}
