// Four walks through the product, as the one whose work it is: how many taps, fields, keys and screens it takes, and how long the machine keeps
// them waiting. Whoever else has a part in it (the department that answers) is not counted.

import { DESK, expect, islands, test } from "../fixtures.ts";
import { act, filedBy, mobile, phonePhoto, signIn, signInStaff } from "../people.ts";
import type { Locator, Page } from "@playwright/test";

interface Count { taps: number; fields: number; keys: number; screens: number; seconds: number }
const table: [string, Count][] = [];

/** A pair of hands on a page: what they do is counted, and the time until what is to be seen next is there. */
class Hands {
  readonly count: Count = { taps: 0, fields: 0, keys: 0, screens: 1, seconds: 0 };
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame()) this.count.screens += 1;
    });
  }

  /** Taps, and waits for what comes of it. */
  async tap(target: Locator, next?: Locator): Promise<void> {
    this.count.taps += 1;
    await this.timed(() => target.click(), next);
  }

  /** Fills in a field; the words take as long as they take. */
  async fill(target: Locator, words: string): Promise<void> {
    this.count.fields += 1;
    await target.fill(words);
  }

  async tick(target: Locator): Promise<void> {
    this.count.taps += 1;
    await this.timed(() => target.check({ force: true }));
  }

  async choose(target: Locator, value: string): Promise<void> {
    this.count.taps += 2;
    await target.selectOption(value);
  }

  async photo(target: Locator, file: { name: string; mimeType: string; buffer: Buffer }, next: Locator): Promise<void> {
    this.count.taps += 2;
    await this.timed(() => target.setInputFiles(file), next);
  }

  async key(key: string, next?: Locator): Promise<void> {
    this.count.keys += 1;
    await this.timed(() => this.page.keyboard.press(key), next);
  }

  private async timed(move: () => Promise<unknown>, next?: Locator): Promise<void> {
    const began = performance.now();
    await move();
    // A hidden field is attached, not visible.
    if (next) await next.first().waitFor({ state: "attached" });
    this.count.seconds += (performance.now() - began) / 1000;
  }
}

test("an owner of 65 files, sees, adds a photo, rates", async ({ page, browser, another }) => {
  test.setTimeout(180_000);
  const buffer = await phonePhoto(browser, 5);
  await signIn(page, mobile(61));
  // The larger letters are chosen once, and remembered.
  await page.getByRole("button", { name: "关怀版" }).click();
  await page.waitForURL(/\/home/);
  const hands = new Hands(page);
  await hands.tap(page.getByRole("navigation").getByRole("link", { name: "提诉求", exact: true }), page.getByLabel("遇到了什么问题？"));
  await islands(page);
  await hands.fill(page.getByLabel("遇到了什么问题？"), "厂房门口的路灯坏了三盏，晚上工人下班看不见路。");
  await hands.tap(page.getByRole("button", { name: "下一步：核对" }), page.getByRole("heading", { name: "请核对" }));
  await hands.tap(page.getByRole("button", { name: "确认提交" }), page.getByRole("heading", { name: "已提交" }));
  const number = ((await page.locator(".number").first().textContent()) ?? "").trim();
  // The picture that was forgotten, from the receipt; what comes of it is the problem's page.
  await hands.tap(page.getByRole("link", { name: "添加照片或文件" }), page.locator("#photos"));
  await islands(page);
  await hands.photo(page.locator("#photos"), { name: "路灯.jpg", mimeType: "image/jpeg", buffer }, page.locator('input[name="photo"]'));
  await hands.tap(page.getByRole("button", { name: "提交说明" }), page.locator("#live .photo-grid img"));
  await expect(page.locator("#live")).toContainText("待受理");
  await islands(page);

  const centre = await another(DESK);
  await signInStaff(centre, "centre01");
  await act(centre, number, "受理", async () => {});
  await act(centre, number, "交办", async (form) => {
    await form.getByLabel("主办部门").selectOption({ label: "市建设局" });
  });
  const handler = await another(DESK);
  await signInStaff(handler, "jianshe");
  await act(handler, number, "签收", async () => {});
  await act(handler, number, "答复", async (form) => {
    await form.getByRole("radio", { name: "已解决", exact: true }).check();
    await form.getByLabel("答复内容").fill("三盏路灯已经换好，今晚起全部亮灯，请企业查看。");
  });
  await hands.tap(page.getByRole("link", { name: "去评价" }), page.getByRole("radio", { name: "解决了", exact: true }));
  await hands.tick(page.getByRole("radio", { name: "解决了", exact: true }));
  await hands.tick(page.getByRole("radio", { name: "非常满意", exact: true }));
  await hands.tap(page.getByRole("button", { name: "提交评价" }), page.locator("#live").getByText("已办结"));
  table.push(["an owner of 65 files, sees, adds a photo, rates", hands.count]);
});

test("an owner finds and applies for money", async ({ page }) => {
  await signIn(page, mobile(2));
  const hands = new Hands(page);
  const item = page.getByRole("link", { name: /数字化诊断服务券/ });
  await hands.tap(page.getByRole("navigation").getByRole("link", { name: "政策", exact: true }), item);
  await hands.tap(item.first(), page.getByRole("link", { name: "一键申领" }));
  await hands.tap(page.getByRole("link", { name: "一键申领" }), page.getByRole("button", { name: "提交申领" }));
  await hands.tap(page.getByRole("button", { name: "提交申领" }), page.getByText("当前办理单位"));
  table.push(["an owner finds and applies for money", hands.count]);
});

test("a clerk clears ten issues by keyboard", async ({ another }) => {
  test.setTimeout(180_000);
  const page = await another(DESK);
  await signInStaff(page, "centre01");
  const waiting = page.locator("td.number a");
  await page.goto("/desk?queue=to_accept");
  // As many as are missing from ten: how many wait in the demo depends on the day.
  const owner = await another(DESK);
  await signIn(owner, mobile(62));
  const texts = ["园区公交末班车太早，晚班员工下班没有车坐。", "厂房东门外道路积水，一下雨货车就进不来。"];
  for (let n = await waiting.count(); n < 10; n += 1) await filedBy(owner, texts[n % 2]!);
  await page.goto("/desk?queue=to_accept");
  await islands(page);
  const hands = new Hands(page);
  const pane = page.getByRole("region", { name: "选中的诉求" });
  const numbers = (await waiting.allTextContents()).slice(0, 10);
  expect(numbers).toHaveLength(10);
  // Sends what is filled in; with QIFU_WALK_TABS by the tab key, as it was before there was a key for it.
  const send = async (action: string, number: string) => {
    const button = pane.getByRole("button", { name: action, exact: true });
    const done = pane.getByRole("status").filter({ hasText: `${action}：${number}` });
    if (!process.env.QIFU_WALK_TABS) return hands.key("Control+Enter", done);
    while (!(await button.evaluate((element) => element === document.activeElement))) await hands.key("Tab");
    await hands.key("Enter", done);
  };
  for (const number of numbers) {
    await hands.key("j", pane.getByRole("link", { name: number }));
    await hands.key("a", pane.getByLabel("类别"));
    await send("受理", number);
    await hands.key("d", pane.getByLabel("主办部门"));
    // Most have a suggestion; where there is none, one letter finds a department.
    if ((await pane.getByLabel("主办部门").inputValue()) === "") await hands.key("ArrowDown");
    await send("交办", number);
  }
  table.push(["a clerk accepts and dispatches ten issues by keyboard", hands.count]);
});

// 湖政办发〔2022〕1号, as it stands in policies/huzhou-2022-1.
const DOCUMENT = { no: "湖政办发〔2022〕1号", title: "关于进一步支持企业上市的若干意见", issuer: "湖州市人民政府办公室" };
const ITEMS = [
  { id: "walk-accepted", title: "境内上市奖励（受理）", clause: "境内上市申请被受理，奖励300万元", question: "listing-accepted", amount: "3000000" },
  { id: "walk-approved", title: "境内上市奖励（过会或注册）", clause: "境内上市过会或注册，奖励500万元", question: "listing-approved", amount: "5000000" },
  { id: "walk-listed", title: "境内上市奖励（挂牌）", clause: "境内上市挂牌，奖励500万元", question: "listing-listed", amount: "5000000" },
  { id: "walk-neeq", title: "新三板挂牌奖励", clause: "首次在新三板挂牌的企业，奖励100万元", question: "neeq-listed", amount: "1000000" },
  { id: "walk-innovation", title: "新三板创新层奖励", clause: "进入新三板创新层，再奖励100万元", question: "neeq-innovation", amount: "1000000" },
];

test("an editor enters a real document of five items", async ({ another }) => {
  test.setTimeout(180_000);
  const page = await another(DESK);
  await signInStaff(page, "zhengce");
  await page.goto("/desk/policies");
  const hands = new Hands(page);
  const control = (name: string) => page.locator(`[name="${name}"]:not([type="hidden"])`);
  const save = async () => {
    await hands.tap(page.locator('.sticky-actions button[value="save"]'), page.getByRole("status").filter({ hasText: "已保存" }));
    await islands(page);
  };
  for (const [at, item] of ITEMS.entries()) {
    if (at === 0) {
      await hands.tap(page.getByRole("link", { name: /新建|新政策/ }).first(), control("/id"));
      await page.locator("form[data-live]").waitFor();
      await hands.choose(control("/board"), "finance");
      await hands.fill(control("/valid/from"), "2022-01-01");
      await hands.fill(control("/document/no"), DOCUMENT.no);
      await hands.fill(control("/document/title"), DOCUMENT.title);
      await hands.fill(control("/document/issuer"), DOCUMENT.issuer);
      await hands.choose(control("/apply/per"), "once");
      await hands.fill(control("/apply/where"), "市府办（金融口）");
      await hands.fill(page.locator('[name="lines:/apply/materials"]'), "上市申请受理（注册、挂牌）文件");
      await hands.choose(page.locator('[name="kind:/condition/all/0"]'), "attest");
      await hands.tap(page.locator('button[value="become|/condition/all/0"]'), control("/condition/all/0/attest/question"));
      await hands.choose(control("/condition/all/0/clause"), "c1");
    } else {
      await hands.tap(page.getByRole("link", { name: "复制为新条目" }), control("/id"));
      await page.locator("form[data-live]").waitFor();
    }
    await hands.fill(control("/id"), item.id);
    await hands.fill(control("/title"), item.title);
    await hands.fill(control("/clauses/c1"), item.clause);
    await hands.choose(control("/condition/all/0/attest/question"), item.question);
    await hands.fill(control("/amount/fixed"), item.amount);
    await save();
  }
  table.push(["an editor enters a document of five items from its text", hands.count]);
});

test.afterAll(() => {
  console.log("\n| walk | taps | fields | keys | screens | waiting |\n|---|--:|--:|--:|--:|--:|");
  for (const [name, { taps, fields, keys, screens, seconds }] of table) {
    console.log(`| ${name} | ${taps} | ${fields} | ${keys} | ${screens} | ${seconds.toFixed(1)} s |`);
  }
});
