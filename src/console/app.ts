import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { MayflyError } from "../base/errors.ts";
import type { Session } from "./api.ts";
import type { ConsoleContext } from "./context.ts";
import { streamEvents } from "./live/stream.ts";
import { pageRoutes } from "./pages.ts";
import { clusterRoutes, leftRoutes } from "./routes/clusters.ts";
import { dashboardRoutes } from "./routes/dashboards.ts";
import { dataRoutes } from "./routes/data.ts";
import { fileRoutes } from "./routes/files.ts";
import { machineRoutes } from "./routes/machine.ts";
import { planRoutes, priceRoutes } from "./routes/money.ts";
import { runRoutes } from "./routes/runs.ts";
import { sqlRoutes } from "./routes/sql.ts";
import { answerError } from "./safety/errors.ts";
import { onlyOurNames, onlyOurPages, withHeaders } from "./safety/guard.ts";
import { onlySignedIn, signingIn } from "./safety/session.ts";

const MOST_SAID = 1 << 20;
const UPLOAD = "/api/files/content";

/** Every request passes the same gates in the same order: name, page, size, session. */
export function makeApp(context: ConsoleContext): Hono {
  const { project, port, keys, files } = context;
  const app = new Hono();
  app.onError(answerError);
  app.notFound((c) =>
    answerError(new MayflyError("not-found", `there is no ${c.req.path} here`), c),
  );
  app.use(withHeaders);
  app.use(onlyOurNames(port));
  app.use(async (c, next) => {
    if (!["GET", "HEAD", "POST"].includes(c.req.method))
      throw new MayflyError("usage", `cannot ${c.req.method}: this console answers GET and POST`);
    await next();
  });
  const said = bodyLimit({
    maxSize: MOST_SAID,
    onError: () => {
      throw new MayflyError(
        "usage",
        `cannot read the request: it is longer than ${MOST_SAID} bytes`,
      );
    },
  });

  const api = new Hono();
  api.use(onlyOurPages);
  api.use((c, next) => (c.req.path === UPLOAD ? next() : said(c, next)));
  api.use(async (c, next) => {
    await next();
    c.header("Cache-Control", "no-store");
  });
  api.route("/", signingIn(keys));
  api.use(onlySignedIn(keys));
  api.get("/", (c) =>
    c.json({
      project,
      live: { s3: files.liveS3, hdfs: files.webhdfs !== undefined },
    } satisfies Session),
  );
  api.get("/events", (c) => streamEvents(c, context));
  api.route("/runs", runRoutes(context));
  api.route("/clusters", clusterRoutes(context));
  api.route("/left", leftRoutes(context));
  api.route("/machine", machineRoutes(context));
  api.route("/prices", priceRoutes(context));
  api.route("/plan", planRoutes(context));
  api.route("/files", fileRoutes(context));
  api.route("/data", dataRoutes(context));
  api.route("/sql", sqlRoutes(context));
  api.route("/dashboards", dashboardRoutes(context));
  api.get("/rehearsals", async (c) => c.json(await context.rehearsals()));
  app.route("/api", api);
  app.route("/", pageRoutes(context.pages));
  return app;
}
