// Owns what stands between a page and the server when a state needs the server to say something else.

/** What the page says is passed, dropped, or answered with an event. */
export async function meddle(visitor, judge) {
  await visitor.page.routeWebSocket("**/ws", (page) => {
    const server = page.connectToServer();
    page.onMessage((frame) => {
      const verdict = typeof frame === "string" ? judge(JSON.parse(frame)) : "pass";
      if (verdict === "pass") {
        server.send(frame);
      } else if (verdict !== "drop") {
        page.send(JSON.stringify(verdict));
      }
    });
  });
}
