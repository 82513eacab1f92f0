// A network between servers and a database that can be cut: bytes stop, connections stay open, and neither side hears of it.

import { connect, createServer } from "node:net";

export class Wire {
  /** `target` is what `net.connect` takes. */
  constructor(target) {
    this.cut = false;
    this.sockets = new Set();
    this.server = createServer((near) => {
      const far = connect(target);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ]) {
        this.sockets.add(from);
        if (this.cut) from.pause();
        from.on("data", (bytes) => to.write(bytes));
        from.on("error", () => to.destroy());
        from.on("close", () => {
          this.sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  async listen() {
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.port = this.server.address().port;
  }

  silence(cut) {
    this.cut = cut;
    for (const socket of this.sockets) cut ? socket.pause() : socket.resume();
  }

  close() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}
