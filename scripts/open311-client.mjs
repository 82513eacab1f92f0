// See scripts/open311-client: a server with demo data for scripts/open311-client.py.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT, Space } from "./space.mjs";

const [python] = process.argv.slice(2);
const space = new Space();
try {
  await space.startDatabase();
  await space.startServer();
  const { status, error } = spawnSync(python, [join(ROOT, "scripts/open311-client.py"), `http://127.0.0.1:${space.port}/open311/v2`], { stdio: "inherit" });
  if (error) throw error;
  process.exitCode = status ?? 1;
} finally {
  await space.close();
}
